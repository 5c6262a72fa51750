/**
 * Programs that use different parts of the engine. Each calls `tick(n)`, which resolves to n, three
 * times in sequence; what it does in between must cost the same everywhere.
 */
export const programs: Readonly<Record<string, string>> = {
  loops: `
    let sum = await tick(1);
    for (let i = 0; i < 20_000; i++) sum = (sum * 31 + i) % 1_000_003;
    sum += await tick(2);
    outer: for (let i = 0; ; i++) for (let j = 0; j < i; j++) if (i * j > 3_000) break outer; else sum++;
    return sum + await tick(3);`,
  'recursion, and a stack that overflows': `
    const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2);
    const deep = (n) => 1 + deep(n + 1);
    const tries = [await tick(1), fib(16)];
    for (const n of [2, 3]) {
      try { deep(0); } catch (error) { tries.push(error.name, await tick(n)); }
    }
    return tries;`,
  'regular expressions that backtrack': `
    const found = [];
    for (const n of [1, 2, 3]) {
      found.push(/^(a+)+$/.test('a'.repeat(14 + await tick(n)) + 'b'));
      found.push('2026-01-02, 2026-03-04'.replace(/(?<y>\\d{4})-(\\d\\d)(?=-)/gu, '$<y>/$2'));
    }
    return found;`,
  'sorting with and without a comparator': `
    const numbers = Array.from({ length: 2_000 }, (_, i) => (i * 7_919) % 2_003);
    const sorted = [await tick(1), [...numbers].sort().at(-1), numbers.toSorted((a, b) => b - a)[5]];
    sorted.push(await tick(2), new Float64Array(numbers).sort()[700]);
    return [...sorted, await tick(3)];`,
  BigInt: `
    let big = BigInt(await tick(1)) + 2n;
    for (let i = 0; i < 9; i++) big = big ** 2n + BigInt(i);
    return [String(big % 1_000_000_007n), String(big).length, await tick(2), await tick(3)];`,
  'proxies, getters and symbols': `
    const seen = [];
    const handler = { get: (target, key) => { seen.push(String(key)); return Reflect.get(target, key); } };
    const proxy = new Proxy({ get three() { return 3; }, *[Symbol.iterator]() { yield* [1, 2]; } }, handler);
    await tick(1);
    return [[...proxy], proxy.three, await tick(2), 'x' in proxy, seen, await tick(3)];`,
  JSON: `
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: 'row ' + id, tags: ['é', '\\u2028'] }));
    const text = JSON.stringify(rows, null, await tick(1));
    const back = JSON.parse(text, (key, value) => key === 'id' ? value * 2 : value);
    return [text.length, back[299].id, await tick(2), JSON.stringify(back).length, await tick(3)];`,
  'Map, Set and WeakMap': `
    const map = new Map(), weak = new WeakMap();
    for (let i = 0; i < 3_000; i++) { const key = { i }; weak.set(key, i); map.set(i % 701, key); }
    await tick(1);
    const evens = new Set([...map.keys()].filter((key) => key % 2 === 0));
    await tick(2);
    for (const key of evens) map.delete(key);
    return [map.size, evens.union(new Set([1])).size, weak.get(map.get(1)), await tick(3)];`,
  'closures, classes and generators': `
    class Counter { #n = 0; static made = 0; constructor() { Counter.made++; } next() { return ++this.#n; } }
    function* take(count, counter) { try { while (count-- > 0) yield counter.next(); } finally { counter.next(); } }
    const counter = new Counter(), adders = [1, 2, 3].map((n) => async (m) => n + m + await tick(n));
    const sums = [];
    for (const add of adders) sums.push(await add(counter.next()));
    return [sums, [...take(5, counter)], counter.next(), Counter.made];`,
  'promises, timers and calls that fail': `
    const order = [];
    for (const n of [1, 2, 3]) {
      await Promise.all([tick(n).then((m) => order.push(m)), null, Promise.resolve().then(() => order.push('job'))]);
      await Promise.allSettled([Promise.reject(new Error('no'))]);
    }
    await sleep(1);
    try { await callTool('server', 'fails', {}); } catch (error) { order.push(error.code, error.message); }
    return order;`,
  'clock, random numbers and UUIDs of the run': `
    const first = [Date.now(), new Date().toISOString(), performance.now()];
    const random = [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(8))]];
    await tick(1);
    random.push(Math.random());
    await tick(2);
    return [first, random, crypto.randomUUID(), await tick(3)];`,
  'long texts, and much in the log': `
    let text = '';
    for (let i = 0; i < 5_000; i++) text += String.fromCharCode(97 + i % 26);
    console.log(text.slice(0, 100), { length: text.length }, await tick(1));
    for (let i = 0; i < 100; i++) console.warn('line', i, [i]);
    const bytes = new TextEncoder().encode('€'.repeat(await tick(2) * 1_000));
    return [text.split('z').length, bytes.length, new TextDecoder().decode(bytes).length, btoa(text).length, await tick(3)];`,
  'memory that grows': `
    const kept = [new Uint8Array(3_000_000).fill(await tick(1))];
    kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
    await tick(2);
    return [kept[0].at(-1), kept[1].at(-1).i, await tick(3)];`,
  'an error that nobody catches': `
    function inner(n) { throw new RangeError('after ' + n, { cause: 'none' }); }
    await tick(1); await tick(2);
    inner(await tick(3));`,
  'work without an end': `
    await tick(1); await tick(2); await tick(3);
    const spin = { length: 2 ** 53 - 1 };
    Array.prototype.indexOf.call(spin, 1);`,
  'memory without an end': `
    const rows = [];
    await tick(1); await tick(2); await tick(3);
    for (;;) rows.push(new Uint8Array(1_000_000));`,
};
