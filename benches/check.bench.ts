import { deepStrictEqual } from 'node:assert/strict';
import { createChecker } from '@org/checker';
import { compare } from './measure.ts';
import { record, timing } from './record.ts';
import { files, source } from './tracker.ts';

await using warm = createChecker({ files });
deepStrictEqual((await warm.check(source)).diagnostics, []);
const wrong = source.replace('{ query })', '{ qwery: query })');
deepStrictEqual((await warm.check(wrong)).diagnostics.length, 1);
const snippet = `import { search_issues } from './servers/tracker';
const { issues } = await search_issues({ query: 'crash' });
return issues.length;`;
deepStrictEqual((await warm.check(snippet)).diagnostics, []);

let round = 0;
const samples = await compare(
  {
    'check, the first one of a process': {
      run: async () => {
        await using cold = createChecker({ files });
        await cold.check(source);
      },
    },
    'check, not seen before': { run: () => warm.check(`${source} // ${round++}`) },
    'check, with an error': { run: () => warm.check(`${wrong} // ${round++}`) },
    'check, a snippet': { run: () => warm.check(`${snippet} // ${round++}`) },
  },
  { ms: 2_000 },
);
const rows = Object.entries(samples).map(([name, taken]) => timing(name, 'ours', taken));
record('check', 'What does it cost to check 50 lines with two generated wrappers?', rows);
