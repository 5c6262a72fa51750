import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { capturedCatalog } from '../packages/codegen/test/search/captured-catalogs.ts';
import { readQuestions } from '../packages/codegen/test/search/ranking.ts';
import { instructions, Lookup } from './tokens/agent.ts';
import { countedServers } from './tokens/servers.ts';
import { createToolSearch, serverFolders } from '@org/codegen';
import { describeHits } from '../packages/cli/src/describe-hits.ts';
const catalogs = await Promise.all(countedServers.map(capturedCatalog));
const lookup = await Lookup.open(catalogs);
const search = await createToolSearch(catalogs, serverFolders(catalogs.map((c) => c.server)));
const tools = catalogs.flatMap((c) => c.tools.map(({ name }) => `${c.server}.${name}`));
const c = (e) => countTokens(e.written) + countTokens(e.read);
for (const held of [true, false]) { const qs = readQuestions().filter((q) => q.heldOut === held && q.answers.some((a) => tools.includes(a)));
for (const limit of [1, 2, 3, 5]) { let sum = 0, first = 0, miss = 0, miss2 = 0, sigs = 0;
 for (const q of qs) { const f = await lookup.search(q.ask, limit); sum += c(f); first += c(f); if (f.shown.some((t) => q.answers.includes(t))) continue; miss++;
  const n = await search(q.ask, { detail: 'name', limit: 10 }); sum += countTokens(describeHits(n, 'name')) + 15; const w = q.answers.find((a) => tools.includes(a)); sum += c(lookup.show(w, 'signature')); if (n.hits.some((h) => q.answers.includes(`${h.server}.${h.tool}`))) continue; miss2++; sum += c(lookup.list()); }
 console.log(held, limit, 'mean', (sum / qs.length).toFixed(0), 'first', (first / qs.length).toFixed(0), 'miss', miss, miss2, 'of', qs.length, 'three', (countTokens(instructions) + 3 * sum / qs.length).toFixed(0)); } 
 let s=0,miss=0; for (const q of qs) { const n = await search(q.ask, { detail: 'name', limit: 5 }); s += countTokens(describeHits(n, 'name')) + 15; const w = q.answers.find((a) => tools.includes(a)); s += c(lookup.show(w, 'signature')); if (!n.hits.some((h) => q.answers.includes(`${h.server}.${h.tool}`))) { miss++; s += c(lookup.list()); } } console.log('name5+show', (s / qs.length).toFixed(0), miss);
}
console.log(countTokens(instructions));
