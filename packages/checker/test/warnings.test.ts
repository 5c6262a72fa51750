/** What may be right at run time does not keep a program from running. */
import { expect, test } from 'vitest';
import { brief, realFiles, sharedChecker } from './workbench.ts';

const { check } = sharedChecker(realFiles);
const sum = `import { get_sum } from './servers/everything';\nconst sum = await get_sum({ a: 1, b: 2 });\n`;

test.for<[what: string, source: string, expected: readonly string[]]>([
  ['a property of a result without a type', `${sum}return sum.total;`, ['3:8 warning TS18046']],
  [
    'such a result as an argument',
    `${sum}return [Math.abs(sum), JSON.parse(sum)];`,
    ['3:18 warning TS2345', '3:35 warning TS2345'],
  ],
  [
    'taking such a result apart',
    `${sum}const { total } = sum; const [a] = sum; return [total, a, ...sum];`,
    ['3:9 warning TS2339', '3:30 warning TS2488', '3:62 warning TS2488'],
  ],
  ['arithmetic with such a result', `${sum}return sum + 1;`, ['3:8 warning TS18046']],
  ['the arguments of the run', 'return args.n', ['1:8 warning TS18046']],
  [
    'what may be undefined',
    `const [a] = 'x y'.match(/y/)!; return a.length + 'x'.match(/x/)[0].length + [1].find(Boolean).toFixed()`,
    ['1:50 warning TS2531', '1:77 warning TS2532'],
  ],
  [
    'what may be undefined as an argument',
    `const a = new Map<string, string>().get('x'); return 'x'.padEnd(1, a) + Number.parseInt(a)`,
    ['1:89 warning TS2345'],
  ],
  [
    'a text where some texts are allowed',
    `import { get_structured_content } from './servers/everything';\nconst location = String('Chicago');\nreturn await get_structured_content({ location })`,
    ['3:39 warning TS2322'],
  ],
  [
    'a property of a value from the state',
    `const seen = await getState('seen'); return seen.count`,
    ['1:45 warning TS18049', '1:50 warning TS2339'],
  ],
  [
    'arithmetic with dates',
    'return new Date(2) - new Date(1)',
    ['1:8 warning TS2362', '1:22 warning TS2363'],
  ],
  ['an object that grows', 'const out = {}; out.total = 1; return out', ['1:21 warning TS2339']],
])('%s is a warning', async ([, source, expected]) => {
  const result = await check(source);
  expect(brief(result)).toEqual(expected);
  expect(result.ok).toBe(true);
});

test.for([
  `${sum}return sum.total;`,
  "import { get_sum } from './servers/everything';\nreturn (await get_sum({ a: 1, b: 2 })).total;",
])('a result without a type has a hint and the signature of its tool: %s', async (source) => {
  const { diagnostics } = await check(source);
  expect(diagnostics[0]?.signature).toMatch(/^get_sum\(params: .*\): Promise<unknown>$/u);
  expect(diagnostics[0]?.hint).toMatch(
    /without a result type gives unknown: narrow it .*, or cast it/u,
  );
});

test('what is wrong whatever the value is stays an error', async () => {
  const source = `${sum}const text: string = undefined; return [Math.abs('a'), sum.a.b, text]`;
  expect(brief(await check(source))).toEqual([
    '3:7 error TS2322',
    '3:50 error TS2345',
    '3:56 warning TS18046',
  ]);
});

test('@ts-nocheck and @ts-ignore work', async () => {
  expect(await check('// @ts-nocheck\nreturn frob()')).toMatchObject({ ok: true, diagnostics: [] });
  expect(await check('// @ts-ignore\nfrob();\nreturn 1')).toMatchObject({
    ok: true,
    diagnostics: [],
  });
});
