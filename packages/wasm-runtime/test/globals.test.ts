import { describe, expect, test } from 'vitest';
import { sharedSandbox } from './workbench.ts';

const { value, error, run, messages } = sharedSandbox();
const fixed = { seed: 'seed', startTime: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };

describe('random numbers', () => {
  const source = `const bytes = crypto.getRandomValues(new Uint8Array(8));
    return [Math.random(), Math.random(), crypto.randomUUID(), [...bytes], [...crypto.getRandomValues(new Uint32Array(2))]]`;

  test('follow from the seed', async () => {
    const first = await value(source, fixed);
    expect(await value(source, fixed)).toEqual(first);
    expect(await value(source, { ...fixed, seed: 'other' })).not.toEqual(first);
    expect(await value(source, { ...fixed, seed: '' })).not.toEqual(first);
  });

  test('are others in each run that names no seed', async () => {
    expect(await value(source)).not.toEqual(await value(source));
  });

  test('are uniform enough, and in range', async () => {
    const [mean, least, most, bytes] = (await value(
      `const all = Array.from({ length: 20000 }, Math.random); const counts = new Set(crypto.getRandomValues(new Uint8Array(5000)));
       return [all.reduce((a, b) => a + b) / all.length, Math.min(...all), Math.max(...all), counts.size]`,
      fixed,
    )) as [number, number, number, number];
    expect(mean).toBeCloseTo(0.5, 1);
    expect(least).toBeGreaterThanOrEqual(0);
    expect(most).toBeLessThan(1);
    expect(bytes).toBe(256);
  });

  test('make UUIDs of version 4', async () => {
    const all = (await value(
      'return Array.from({ length: 100 }, () => crypto.randomUUID())',
    )) as string[];
    expect(new Set(all).size).toBe(100);
    for (const id of all) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    }
  });

  test('fill just the view that is given', async () => {
    const source =
      'const all = new Uint8Array(300); crypto.getRandomValues(all.subarray(100, 200)); return [all.subarray(0, 100).some(Boolean), all.subarray(100, 200).some(Boolean), all.subarray(200).some(Boolean)]';
    expect(await value(source)).toEqual([false, true, false]);
    expect(await error('crypto.getRandomValues(new Uint8Array(65537))')).toMatchObject({
      name: 'TypeError',
    });
    expect(await error('crypto.getRandomValues([1])')).toMatchObject({ name: 'TypeError' });
  });
});

describe('the clock', () => {
  test('shows the start time in the first step, and stands still in it', async () => {
    const source = `const a = Date.now(); for (let i = 0; i < 1e6; i++) ; return [a, Date.now(), new Date().toISOString(), +new Date(), performance.now(), performance.timeOrigin]`;
    expect(await value(source, { ...fixed, args: 'x'.repeat(1e6) })).toEqual([
      fixed.startTime,
      fixed.startTime,
      '2026-01-02T03:04:05.678Z',
      fixed.startTime,
      0,
      fixed.startTime,
    ]);
  });

  test('goes on while the program waits', async () => {
    const source =
      'const a = Date.now(); await sleep(30); return [Date.now() - a, performance.now()]';
    for (const passed of (await value(source, fixed)) as number[])
      expect(passed).toBeGreaterThanOrEqual(29);
  });

  test.each([
    ['new Date(5).getTime()', 5],
    ['new Date("2020-01-01").getTime()', Date.UTC(2020, 0, 1)],
    ['new Date(2020, 0, 1, 0, 0, 0, 7).getTime()', Date.UTC(2020, 0, 1, 0, 0, 0, 7)],
    ['new Date(new Date(5)).getTime()', 5],
    ['Number.isNaN(new Date(undefined).getTime())', true],
    ['Date.UTC(2020, 1)', Date.UTC(2020, 1)],
    ['Date.parse("2020-01-01")', Date.UTC(2020, 0, 1)],
    ['new Date() instanceof Date', true],
    ['new Date().constructor === Date', true],
    ['Date.length', 7],
    ['Date.name', 'Date'],
    ['typeof Date()', 'string'],
    [
      '(class extends Date { f() { return this.getTime() } }, new (class extends Date { f() { return this.getTime() } })(7).f())',
      7,
    ],
    ['new Date(0).getTimezoneOffset()', 0],
  ])('Date is whole: %s', async (expression, expected) => {
    expect(await value(`export default ${expression}`, fixed)).toBe(expected);
  });

  test.each([Number.NaN, Infinity, -Infinity, 1e17])('cannot start at %s', async (startTime) => {
    await expect(run('', { startTime })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('timers', () => {
  test('call back in the order of their delays, with arguments', async () => {
    const source = `const order = []; setTimeout((...a) => order.push(['late', ...a]), 60, 1, 2); setTimeout(() => order.push(['soon']), 0); setTimeout(() => order.push(['next'])); await sleep(120); return order`;
    expect(await value(source)).toEqual([['soon'], ['next'], ['late', 1, 2]]);
  });

  test('can be cleared, once, twice, and when they never were', async () => {
    const source = `let called = false; const t = setTimeout(() => { called = true }, 1); clearTimeout(t); clearTimeout(t); clearTimeout(999); clearTimeout(undefined); clearInterval('x'); await sleep(20); return called`;
    expect(await value(source)).toBe(false);
  });

  test('an interval goes on until it is cleared, also from its own callback', async () => {
    const source = `let n = 0; await new Promise((resolve) => { const t = setInterval(() => { if (++n === 4) { clearInterval(t); resolve() } }, 1) }); await sleep(20); return n`;
    expect(await value(source)).toBe(4);
  });

  test('sleep() gives nothing, and takes any number', async () => {
    expect(
      await value(
        'return [await sleep(0) ?? null, await sleep(-5) ?? null, await sleep(NaN) ?? null, await sleep("1") ?? null, await sleep() ?? null]',
      ),
    ).toEqual([null, null, null, null, null]);
  });

  test('AbortSignal.timeout() aborts', async () => {
    expect(
      await value(
        'const s = AbortSignal.timeout(1); await sleep(20); return [s.aborted, s.reason.name]',
      ),
    ).toEqual([true, 'TimeoutError']);
  });

  test('a callback that is none is a TypeError', async () => {
    expect(await error('setTimeout("alert(1)")')).toMatchObject({ name: 'TypeError' });
  });
});

describe('console and log', () => {
  test.each([
    ['console.log("a", 1, true, null, undefined, 5n, -0)', 'a 1 true null undefined 5n 0'],
    ['console.log({ a: [1] }, [{}])', '{"a":[1]} [{}]'],
    ['console.log(new TypeError("x"))', 'TypeError: x'],
    ['console.log(new Map([[1, { a: 2 }]]), new Set([1]))', 'Map [[1,{"a":2}]] Set [1]'],
    ['console.log(function f() {}, class A {}, () => 1)', '[function f] [function A] [function ]'],
    ['console.log(Symbol("s"))', 'Symbol(s)'],
    ['console.log(new Uint8Array(2))', '[object Uint8Array]'],
    ['console.log()', ''],
    ['console.log(new Proxy({}, { get() { throw 1 } }))', '[a value that cannot be shown]'],
    [
      'const r = Proxy.revocable({}, {}); r.revoke(); console.log(r.proxy)',
      '[a value that cannot be shown]',
    ],
    [
      'console.log(Object.defineProperty(() => 1, "name", { get() { throw 1 } }))',
      '[object Function]',
    ],
    [
      'console.log(Object.defineProperty(() => 1, "name", { value: Symbol("s") }))',
      '[object Function]',
    ],
    ['console.count({ toString() { throw 1 } })', expect.stringContaining(': 1')],
    ['console.count(); console.count("x"); console.count()', 'default: 1'],
    ['console.assert(true, "no"); console.assert(0, "yes")', 'Assertion failed: yes'],
    ['console.dir({ a: 1 }, { depth: 0 })', '{"a":1}'],
    [
      'console.log("%s is %d, %i, %f of %j%c%%", "a", "5", 5.7, 0.5, { b: 1 }, "css", "rest")',
      'a is 5, 5, 0.5 of {"b":1}% rest',
    ],
    ['console.log("100%", 5, "%s")', '100% 5 %s'],
    ['console.log("%s %s %x", 1)', '1 %s %x'],
    ['console.log("%d %j", Symbol("s"), 5n)', 'Symbol(s) 5n'],
    [
      'console.table([{ a: 1, b: "x" }, { a: 200 }, 5])',
      '| (index) | a   | b | Values |\n| ------- | --- | - | ------ |\n| 0       | 1   | x |        |\n| 1       | 200 |   |        |\n| 2       |     |   | 5      |',
    ],
    ['console.table({ x: [1] })', '| (index) | 0 |\n| ------- | - |\n| x       | 1 |'],
    ['console.table("text")', 'text'],
    ['console.table([])', '[]'],
    ['console.table([{ get a() { throw 1 } }])', '[object Array]'],
    ['console.group("g"); console.log("a\\nb")', 'g'],
    ['console.group(); console.log("a\\nb"); console.groupEnd(); console.groupEnd()', '  a\n  b'],
    ['console.timeEnd("none")', 'No timer none was started.'],
    ['console.time("t"); console.timeLog("t", { a: 1 })', 't: 0 ms {"a":1}'],
    ['console.count("x"); console.countReset("x")', 'x: 1'],
    ['console.log("x".repeat(70000))', `${'x'.repeat(65_536)}…`],
  ])('%s', async (source, first) => {
    const outcome = await run(`${source}; return 1`);
    expect(outcome.status).toBe('returned');
    expect(outcome.logs[0]?.message).toEqual(first);
  });

  test('have levels and fields', async () => {
    const source = `console.debug(1); console.info(1); console.warn(1); console.error(1); console.trace(1);
      log('debug', 'a', { x: 1 }); log('error', { b: 1 }); log('fatal', 'c'); log(5, 'd', undefined)`;
    expect((await run(source)).logs).toEqual([
      ...['debug', 'info', 'warn', 'error', 'debug'].map((level) => ({ level, message: '1' })),
      { level: 'debug', message: 'a', fields: { x: 1 } },
      { level: 'error', message: '{"b":1}' },
      { level: 'info', message: 'c' },
      { level: 'info', message: 'd' },
    ]);
  });

  test('console.time() reads the clock of the run', async () => {
    const [first] = await messages('console.time(); await sleep(20); console.timeEnd()');
    expect(Number(/^default: (\d+) ms$/u.exec(first as string)?.[1])).toBeGreaterThanOrEqual(19);
  });

  test('carry no terminal control', async () => {
    const [message] = await messages(
      String.raw`console.log('a\x1b[31mred\x1b[0m\x1b]0;title\x07\x00\x08\r\x7f\x9b31mb\n\tc')`,
    );
    expect(message).toBe('aredb\n\tc');
  });

  test('do not become slow on text that looks like terminal control', async () => {
    const source = String.raw`for (const s of ['\x1b[', '\x1b;a', ';', '\x1b', '\x9b1;', '\x1b]a;']) console.log(s.repeat(30000)); return 1`;
    expect(await value(source)).toBe(1);
  });
});

describe('what is not there', () => {
  test.each([
    [
      'fetch',
      'fetch("https://a.example")',
      'UNAVAILABLE_IN_SANDBOX',
      'call a tool of a server instead',
    ],
    [
      'import() of a computed path',
      'import(String("x"))',
      'UNAVAILABLE_IN_SANDBOX',
      'import at the top',
    ],
  ])('%s rejects, and can be caught', async (_, call, code, message) => {
    const found = await value(`return await ${call}.catch((e) => [e.code, e.message])`);
    expect(found).toEqual([code, expect.stringContaining(message)]);
    expect(await error(`await ${call}`)).toMatchObject({ code });
  });

  test.each([
    'process',
    'Intl',
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
    'Request',
    'location',
    'addEventListener',
    'localStorage',
    'Buffer',
    'global',
  ])('%s is undefined', async (name) => {
    expect(await value(`export default typeof ${name}`)).toBe('undefined');
  });

  test.each([
    ['URL', 'new URL("../b?x=1", "https://a.example/c/d").href', 'https://a.example/b?x=1'],
    ['TextEncoder', '[...new TextEncoder().encode("é")]', [195, 169]],
    ['structuredClone', 'structuredClone({ a: new Date(0) }).a.getTime()', 0],
    ['atob and btoa', 'atob(btoa("x"))', 'x'],
    ['queueMicrotask', 'await new Promise(queueMicrotask) ?? 1', 1],
    ['iterator helpers', '[1, 2, 3].values().map((x) => x * 2).toArray()', [2, 4, 6]],
    ['Promise.withResolvers', 'typeof Promise.withResolvers', 'function'],
    ['Array.prototype.at', '[1, 2].at(-1)', 2],
    [
      'Object.groupBy',
      'Object.groupBy([1, 2], (x) => (x % 2 ? "odd" : "even"))',
      { odd: [1], even: [2] },
    ],
    ['Set methods', '[...new Set([1, 2]).union(new Set([3]))]', [1, 2, 3]],
    ['Array.fromAsync', 'await Array.fromAsync([Promise.resolve(1)])', [1]],
    ['text.replaceAll', '"aa".replaceAll("a", "b")', 'bb'],
    ['named groups', '"2026-01".match(/(?<y>\\d+)-/).groups.y', '2026'],
  ])('but %s works', async (_, expression, expected) => {
    expect(await value(`export default ${expression}`)).toEqual(expected);
  });
});
