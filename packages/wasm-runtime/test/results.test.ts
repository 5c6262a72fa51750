import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharedSandbox } from './workbench.ts';

const { value, error, limit, run } = sharedSandbox();

describe('a result crosses as JSON', () => {
  test.each([
    ['null', null],
    ['true', true],
    ['false', false],
    ['0', 0],
    ['-1.5e300', -1.5e300],
    ['5e-324', 5e-324],
    ['2 ** 53 + 2', 2 ** 53 + 2],
    ['""', ''],
    ['"x"', 'x'],
    ['"\\0\\u001f\\u2028\\"\\\\"', '\0\u001f\u2028"\\'],
    ['"日本 🎉"', '日本 🎉'],
    ['[]', []],
    ['({})', {}],
    ['[1, [2, [3]], {}]', [1, [2, [3]], {}]],
    ['({ a: { b: [null] }, "": 1, "x y": 2 })', { a: { b: [null] }, '': 1, 'x y': 2 }],
  ])('%s', async (source, expected) => {
    expect(await value(`export default ${source}`)).toEqual(expected);
  });

  test.each([
    ['nothing', '', null],
    ['undefined', 'export default undefined', null],
    ['an undefined property is left out', 'export default { a: undefined, b: 1 }', { b: 1 }],
    ['undefined in an array is null', 'export default [undefined, 1]', [null, 1]],
    ['a hole in an array is null', 'export default [, 1]', [null, 1]],
    ['-0 is 0', 'export default [-0]', [0]],
    ['a Date is its ISO text', 'export default new Date(0)', '1970-01-01T00:00:00.000Z'],
    [
      'an Error is its name and message',
      'export default { e: new TypeError("x") }',
      { e: { name: 'TypeError', message: 'x' } },
    ],
    ['toJSON() decides', 'export default { a: { toJSON: (key) => [key] } }', { a: ['a'] }],
    [
      'undefined properties are left out beside a long text',
      'export default [{ a: undefined, b: "x".repeat(2000).length, c: "y".repeat(2000), d: undefined }]',
      [{ b: 2000, c: 'y'.repeat(2000) }],
    ],
    ['toJSON() may give nothing', 'export default [{ toJSON() {} }]', [null]],
    [
      'a boxed value is the value',
      'export default [new Number(5), new String("x"), new Boolean(false)]',
      [5, 'x', false],
    ],
    [
      'only own enumerable text keys',
      'export default Object.defineProperty({ [Symbol("s")]: 1, a: 1, __proto__: { b: 1 } }, "c", { value: 1 })',
      { a: 1 },
    ],
    [
      'an instance is its own properties',
      'class A { x = 1; #y = 2; get z() { return 3 } } export default new A()',
      { x: 1 },
    ],
    [
      'an object without prototype',
      'export default Object.assign(Object.create(null), { a: 1 })',
      { a: 1 },
    ],
    [
      'a proxy is what it answers',
      'export default new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 0, enumerable: true, configurable: true }), get: (_, key) => key === "a" ? 7 : undefined })',
      { a: 7 },
    ],
    [
      'a URL is its text',
      'export default new URL("https://a.example/b?c")',
      'https://a.example/b?c',
    ],
    [
      'the same object twice is no cycle',
      'const a = { x: 1 }; export default [a, a]',
      [{ x: 1 }, { x: 1 }],
    ],
    [
      'an array with other properties is its elements',
      'export default Object.assign([1], { a: 2 })',
      [1],
    ],
  ])('%s', async (_, source, expected) => {
    expect(await value(source)).toEqual(expected);
  });

  test('-0 in a property is 0', async () => {
    expect(Object.is(await value('export default -0'), 0)).toBe(true);
  });

  test('any JSON value comes back as it went in', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const values = fc.sample(fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }), 300);
    const args = [...values, ...fc.sample(text, 200)].map((entry) =>
      JSON.parse(JSON.stringify(entry)),
    );
    expect(await value('export default (args) => args', { args })).toEqual(args);
  });
});

describe('a long text crosses whole', () => {
  test.each([1023, 1024, 1025, 2047, 2048, 2049])(
    'with a surrogate pair at character %i, where pieces may end',
    async (at) => {
      const source = `export default 'x'.repeat(${at}) + '🎉'.repeat(600)`;
      expect(await value(source)).toBe('x'.repeat(at) + '🎉'.repeat(600));
    },
  );

  test.each(['\ud83d', '\udf89'])('with the lone surrogate %j', async (half) => {
    const source = `const half = '\\u${half.charCodeAt(0).toString(16)}';
      export default [half, 'x'.repeat(1023) + half + 'y'.repeat(2000), half.repeat(3000)]`;
    expect(await value(source)).toEqual([
      half,
      'x'.repeat(1023) + half + 'y'.repeat(2000),
      half.repeat(3000),
    ]);
  });

  test('with every kind of escape at the ends of pieces', async () => {
    const source = `export default Array.from({ length: 5000 }, (_, i) => '"\\\\\\n\\0x'[i % 5]).join('')`;
    expect(await value(source)).toBe(
      Array.from({ length: 5000 }, (_, index) => '"\\\n\0x'[index % 5]).join(''),
    );
  });

  test('of a million characters, under a limit of 64 MiB', async () => {
    const limits = { memoryBytes: 64 * 1024 * 1024 };
    expect(await value(`export default 'é'.repeat(1e6)`, { limits })).toBe('é'.repeat(1e6));
  });

  test('as a key', async () => {
    const result = await value(`export default { ['k'.repeat(5000) + '🎉']: 1 }`);
    expect(result).toEqual({ [`${'k'.repeat(5000)}🎉`]: 1 });
  });
});

describe('what JSON would lose is refused, with the place and a remedy', () => {
  test.each([
    ['NaN', 'NaN at $.a[1]', 'null'],
    ['-Infinity', '-Infinity at $.a[1]', 'null'],
    ['new Number(NaN)', 'NaN at $.a[1]', 'null'],
    ['5n', 'A BigInt at $.a[1]', 'String(value)'],
    ['Object(5n)', 'A BigInt at $.a[1]', 'String(value)'],
    ['new Map()', 'A Map at $.a[1]', 'Object.fromEntries'],
    ['new Set()', 'A Set at $.a[1]', '[...set]'],
    ['Promise.resolve(1)', 'A Promise at $.a[1]', 'await it'],
    ['() => 1', 'A function at $.a[1]', 'call it'],
    ['class A {}', 'A function at $.a[1]', 'call it'],
    ['Symbol("s")', 'A symbol at $.a[1]', 'description'],
    ['new Uint8Array(1)', 'A Uint8Array at $.a[1]', 'Base64'],
    ['new Float64Array(1)', 'A Float64Array at $.a[1]', 'Base64'],
    ['new ArrayBuffer(1)', 'A ArrayBuffer at $.a[1]', 'Base64'],
    ['new DataView(new ArrayBuffer(1))', 'A DataView at $.a[1]', 'Base64'],
    ['/x/', 'A RegExp at $.a[1]', 'source'],
    ['new WeakMap()', 'A WeakMap at $.a[1]', 'listed'],
    ['(function* () {})()', 'A Generator at $.a[1]', '[...generator]'],
    ['new Date(NaN)', 'An invalid Date at $.a[1]', 'Number.isNaN'],
  ])('%s', async (expression, place, remedy) => {
    const { name, message, code } = await error(`export default { a: [0, ${expression}] }`);
    expect({ name, code }).toEqual({ name: 'TypeError', code: 'RESULT_NOT_JSON' });
    expect(message).toContain(`${place} cannot leave the sandbox as JSON`);
    expect(message).toContain(remedy);
  });

  test('a cycle, at the first place that leads back', async () => {
    const { message, code } = await error(
      `const a = { list: [{}] }; a.list[0].up = a; export default { a }`,
    );
    expect(code).toBe('RESULT_NOT_JSON');
    expect(message).toMatch(/^A cycle at \$\.a\.list\[0\]\.up cannot/u);
  });

  test.each([
    ['of arrays', 'const a = []; a.push(a); export default a', '$[0]'],
    ['through toJSON', 'const a = { toJSON() { return { a } } }; export default { a }', '$'],
  ])('a cycle %s', async (_, source, place) => {
    const outcome = await run(source);
    if (outcome.status === 'limit') expect(outcome.limit.kind).toBe('depth');
    else
      expect(outcome).toMatchObject({
        status: 'threw',
        error: { code: 'RESULT_NOT_JSON', message: expect.stringContaining(place) },
      });
  });
});

describe('depth', () => {
  const nested = (levels: number, open: string, close: string) =>
    `let a = ${open}${close}; for (let i = 1; i < ${levels}; i++) a = ${open}${open === '[' ? 'a' : 'a'}${close}; export default a`;

  test.each([
    ['arrays', '[', ']'],
    ['objects', '{', '}'],
  ])('256 levels of %s are fine', async (_, open, close) => {
    let result = await value(nested(256, open, close));
    let levels = 0;
    while (typeof result === 'object' && result !== null) {
      levels++;
      result = Object.values(result)[0] as never;
    }
    expect(levels).toBe(256);
  });

  test.each([
    ['arrays', 257, '[', ']'],
    ['objects', 257, '{', '}'],
    ['arrays', 100_000, '[', ']'],
  ])('%s of %i levels end the run', async (_, levels, open, close) => {
    expect(await limit(nested(levels, open, close))).toEqual({ kind: 'depth', allowed: 256 });
  });

  test('toJSON() that always gives something deeper ends the run', async () => {
    const source = 'const deeper = () => ({ a: { toJSON: deeper } }); export default deeper()';
    expect(await limit(source)).toEqual({ kind: 'depth', allowed: 256 });
  });
});

describe('code of the program that runs while its result is written', () => {
  test('may log', async () => {
    const outcome = await run(
      `export default { get a() { console.log('in a', { x: [1] }); return 1 }, b: 2 }`,
    );
    expect(outcome).toMatchObject({
      status: 'returned',
      value: { a: 1, b: 2 },
      logs: [{ message: 'in a {"x":[1]}' }],
    });
  });

  test('may call tools, which are not waited for', async () => {
    const outcome = await run(
      `export default { get a() { callTool('s', 't', { deep: [1] }); return 1 } }`,
    );
    expect(outcome).toMatchObject({ status: 'returned', value: { a: 1 }, calls: [{ tool: 't' }] });
  });

  test('may throw, which is the error of the run', async () => {
    const outcome = await run(`export default { get a() { throw new RangeError('no') } }`);
    expect(outcome).toMatchObject({
      status: 'threw',
      error: { name: 'RangeError', message: 'no', code: 'RESULT_NOT_JSON' },
    });
  });

  test('may fill the logs beyond one step’s room', async () => {
    const outcome = await run(
      `export default { get a() { for (let i = 0; i < 2000; i++) console.log('x'.repeat(100)); return 1 }, b: 2 }`,
    );
    expect(outcome).toMatchObject({ status: 'returned', value: { a: 1, b: 2 } });
    expect(outcome.logs).toHaveLength(2000);
  });

  test('cannot add to an array without end', async () => {
    const source = 'const a = [{ toJSON() { a.push(a[0]); return 1 } }]; export default a';
    const { kind } = await limit(source, { limits: { outputBytes: 10_000 } });
    expect(kind).toBe('output');
  });
});
