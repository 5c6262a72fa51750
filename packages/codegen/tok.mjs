import { readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { generateServerFiles } from './src/index.ts';

let S = 0,
  W = 0,
  I = 0;
const rs = [];
for (const n of [
  'everything',
  'filesystem',
  'memory',
  'sequential-thinking',
  'git',
  'playwright',
  'chrome-devtools',
  'pdf',
  'mongodb',
]) {
  const c = JSON.parse(readFileSync(`/tmp/cap-${n}.json`));
  const cat = {
    server: n,
    rejected: [],
    ...c,
    tools: c.tools.map((t) => ({ requiresTask: false, digest: 'd', ...t })),
  };
  const files = generateServerFiles(cat, n);
  const m = JSON.parse(files.get(`/mcp-tools/servers/${n}/manifest.json`));
  let s = 0,
    w = 0;
  for (const t of c.tools) {
    const f = m.tools.find((x) => x.name === t.name).file;
    const a = countTokens(JSON.stringify(t)),
      b = countTokens(files.get(`/mcp-tools/servers/${n}/${f}`));
    s += a;
    w += b;
    rs.push([b / a, n + '/' + t.name, a, b, countTokens(t.description ?? '')]);
  }
  const i = countTokens(files.get(`/mcp-tools/servers/${n}/index.ts`));
  console.log(n, c.tools.length, s, w, (w / s).toFixed(3), 'index', i);
  S += s;
  W += w;
  I += i;
}
rs.sort((a, b) => a[0] - b[0]);
console.log(
  'sum',
  S,
  W,
  (W / S).toFixed(3),
  'median',
  rs[rs.length >> 1][0].toFixed(3),
  'index',
  I,
);
console.log(
  rs
    .slice(-25)
    .map((r) => r.join(' '))
    .join('\n'),
);
