/** Which tool a diagnostic is about, and how it is called. */
import { parseVfsPath } from '@org/core';
import { expect, test } from 'vitest';
import { exportedNames, signatureOf } from '../src/tool-signature.ts';
import { bareFiles } from './bare-files.ts';
import { brief, sharedChecker } from './workbench.ts';

const wrapper = `/** Sums. */
export function get_sum(params: {
 /** The first; } */
 a: number;
 options?: GetSumParams_0;
}): Promise<{ total: number } | null> {
 return callTool('x', 'get-sum', params);
}
export interface GetSumParams_0 {
 /** More. */
 b: number;
}
`;
const signature =
  'get_sum(params: { a: number; options?: { b: number; }; }): Promise<{ total: number } | null>';
const index = `export { get_sum, get_sum as 'get-sum', type GetSumParams_0 } from './get_sum.js';\n`;

const { check } = sharedChecker(() => {
  const files = bareFiles();
  files.publish(
    new Map([
      [parseVfsPath('/mcp-tools/servers/x/index.ts'), index],
      [parseVfsPath('/mcp-tools/servers/x/get_sum.ts'), wrapper],
    ]),
  );
  return files;
});

test('signatureOf() writes types out, without comments', () => {
  expect(signatureOf(wrapper, 'get_sum')).toBe(signature);
  expect(signatureOf(wrapper, 'get')).toBeUndefined();
});

test('signatureOf() leaves a long type as its name, and cuts what is long without one', () => {
  const named = wrapper.replace('b: number;', `b: '${'x'.repeat(1_000)}';`);
  expect(signatureOf(named, 'get_sum')).toContain('options?: GetSumParams_0; }');
  const long = wrapper.replace('a: number;', `a: '${'x'.repeat(9_000)}';`);
  expect(signatureOf(long, 'get_sum')).toMatch(/^get_sum\(params: \{ a: 'x+…$/u);
});

test('exportedNames() knows re-exports and names in quotes, and no types', () => {
  expect(exportedNames(index)).toEqual(['get_sum', 'get-sum']);
  expect(exportedNames(wrapper)).toEqual(['get_sum']);
});

test.for([
  `import { get_sum } from './servers/x';\nawait get_sum({ b: 1 });`,
  `import { get_sum as add } from './servers/x';\nawait add({ b: 1 });`,
  `import { 'get-sum' as add } from './servers/x';\nawait add({ b: 1 });`,
  `import * as x from '/mcp-tools/servers/x/index.ts';\nawait x.get_sum({ b: 1 });`,
  `import * as x from './servers/x';\nawait x['get-sum']({ b: 1 });`,
])('%s', async (source) => {
  const { diagnostics } = await check(source);
  expect(diagnostics).toMatchObject([{ severity: 'error', line: 2, signature }]);
});

test('a call around a wrong call is not the one', async () => {
  const source = `import { get_sum } from './servers/x';
const own = (n: number) => n;
export default async () => {
  await Promise.all([1].map((a) => get_sum({ a, options: { b: own('1') } })));
  const result = await get_sum({ a: 1 });
  return result?.totl;
};`;
  const result = await check(source);
  expect(brief(result)).toEqual(['4:67 error TS2345', '6:18 error TS2551']);
});
