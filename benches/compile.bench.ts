import { deepStrictEqual } from 'node:assert/strict';
import { createSandbox } from '@org/wasm-runtime';
import { compare } from './measure.ts';
import { record, timing } from './record.ts';
import { files, source } from './tracker.ts';

await using sandbox = await createSandbox({
  files,
  tools: {
    callTool: async ({ tool }) => ({
      status: 'done',
      json: tool === 'search_issues' ? '{"issues":[]}' : '{"updated":true}',
      cached: false,
    }),
  },
});
const outcome = await sandbox.run(source);
deepStrictEqual(outcome.status === 'returned' ? outcome.value : outcome, {
  query: 'crash',
  found: 0,
  closed: 0,
  labels: [],
});

let round = 0;
const program = await sandbox.compile(source);
const samples = await compare(
  {
    'compile, not seen before': { run: () => sandbox.compile(`${source} // ${round++}`) },
    'compile, cached in memory': { run: () => sandbox.compile(source) },
    'the program as a small module': { run: () => program.toModule() },
    'the program as a component': { run: () => program.toComponent() },
  },
  { ms: 1_500 },
);
const rows = Object.entries(samples).map(([name, taken]) => timing(name, 'ours', taken));
record('compile', 'What does it cost to compile 50 lines with two generated wrappers?', rows);
