import { expect, test } from 'vitest';
import { callLines } from '../../src/runs/call-lines.ts';

const call = (server: string, tool: string) => ({
  ...{ id: 1, name: 'callTool', args: [server, tool, '{}'] },
});

test('callLines() finds the line of calls that have one place in the source', async () => {
  const lineOf = await callLines(
    'program.ts',
    `import { get_sum, echo as say } from './servers/everything';
import * as files from '/mcp-tools/servers/files';
const sum = await get_sum({ a: 1 });
say({});
for (const path of ['a', 'b']) await files.read_text_file({ path });
await Promise.all([1, 2].map(say));
await callTool('git', 'log', {});
await sleep(4);
`,
  );
  expect(lineOf(call('everything', 'get-sum'))).toBe(3);
  expect(lineOf(call('files', 'read_text_file'))).toBe(5);
  expect(lineOf(call('git', 'log'))).toBe(7);
  expect(lineOf({ id: 1, name: 'sleep', args: ['4'] })).toBe(8);
  expect(lineOf(call('everything', 'echo'))).toBeUndefined();
  expect(lineOf(call('other', 'tool'))).toBeUndefined();
});

test.for<[string, string]>([
  ['a computed name', "callTool('a', 'b', {}); callTool(args.server, args.tool, {});"],
  ['the function passed on', "const call = callTool; callTool('a', 'b', {});"],
  ['a namespace passed on', "import * as a from './servers/a'; use(a); a.b();"],
  ['a further module', "import { b } from './servers/a'; import './lib.ts'; b();"],
  ['a mistake', "callTool('a', 'b', {}"],
])('callLines() says nothing where a call can come from elsewhere: %s', async ([, source]) => {
  expect((await callLines('program.ts', source))(call('a', 'b'))).toBeUndefined();
});

test('callLines() reads a snippet with a top-level return', async () => {
  const lineOf = await callLines('program.ts', "const a = 1;\nreturn callTool('a', 'b', {});");
  expect(lineOf(call('a', 'b'))).toBe(2);
});
