import { beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../src/engine.ts';
import { Instance } from '../src/instance.ts';
import { frames, startMessage } from './steps.ts';
import { sharedSandbox } from './workbench.ts';

/** Every function that a program can reach, found by walking all properties of all values. */
const survey = `
  const functions = [];
  const seen = new Set([globalThis]);
  const queue = [[globalThis, 'globalThis']];
  const values = [
    'new Date(0)', 'new Map([[1, 2]])', 'new Set([1])', '[1, 2, 3]', '"text"', '5', '5n', '/a/g',
    'Symbol("x")', 'new Error("x")', 'new Uint8Array(8)', 'new Float64Array(4)',
    'new ArrayBuffer(8, { maxByteLength: 16 })', 'new DataView(new ArrayBuffer(8))',
    'Promise.resolve(1)', 'new WeakMap()', 'new WeakRef({})', 'new FinalizationRegistry(() => {})',
    '[1].values()', '(function* () { yield 1 })()', '(async function* () { yield 1 })()',
    'new DisposableStack()', 'new AsyncDisposableStack()', 'new Event("x")', 'new EventTarget()',
    'new CustomEvent("x")', 'new AbortController()', 'new AbortController().signal',
    'new DOMException("a", "b")', 'new URL("http://a.b/")', 'new URLSearchParams("a=1")',
    'new URLSearchParams("a=1").entries()', 'new TextEncoder()', 'new TextDecoder()',
    'new Proxy({}, {})', 'class {}', 'Iterator.from([1])', '[1].values().map((x) => x)',
    '"a".matchAll(/a/g)', 'new Map().entries()', 'undefined', 'null', 'globalThis', '{}',
  ];
  const make = (source) => (0, eval)('(' + source + ')');
  const note = (value, path) => {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return;
    if (seen.has(value)) return;
    seen.add(value);
    queue.push([value, path]);
  };
  for (const source of values) note(make(source), source);
  while (queue.length > 0) {
    const [owner, path] = queue.shift();
    if (typeof owner === 'function') functions.push([path, owner]);
    for (const key of Reflect.ownKeys(owner)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(owner, key);
      const name = path + '.' + String(key);
      note(value, name);
      note(get, 'get ' + name);
      note(set, 'set ' + name);
    }
    note(Object.getPrototypeOf(owner), path + '.__proto__');
  }`;

/** Calls functions `from` to `to` with odd values as `this` and as arguments. */
const calls = (from: number, to: number) => `${survey}
  const args = [
    '[]', '["x", "y"]', '[{}, {}]', '[() => 1, 1]', '[-1]', '[5n]', '[new Uint8Array(4)]',
    '[Symbol("s")]', '["abort", () => {}]', '[new AbortController().signal]',
  ].map((source) => () => make(source));
  const pending = [];
  let count = 0;
  const attempt = (call) => {
    count++;
    try {
      const result = call();
      if (typeof result?.then === 'function') pending.push(Promise.resolve(result).catch(() => {}));
    } catch {}
  };
  for (const [, called] of functions.slice(${from}, ${to})) {
    for (const given of args) {
      attempt(() => Reflect.construct(called, given()));
      for (const source of values) attempt(() => Reflect.apply(called, make(source), given()));
    }
  }
  $deliver([count, functions.slice(${from}, ${to}).map(([path]) => path)]);`;

describe('nothing that a program can call ends its run with a fault of the engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  function run(code: string) {
    const instance = new Instance(engine);
    instance.start({ fuel: 20_000_000_000, memoryBytes: 512 * 1024 * 1024 });
    return instance.step(startMessage(code, { toolCalls: 1e9, logBytes: 1e9, outputBytes: 1e9 }));
  }

  test('whatever it is called with', () => {
    const counted = run(`${survey} $deliver(functions.length)`);
    const total = Number(frames(counted.output).at(-1)?.fields[0]);
    expect(total).toBeGreaterThan(600);
    const size = 40;
    for (let from = 0; from < total; from += size) {
      const result = run(calls(from, from + size));
      const where = `functions ${from} to ${from + size}`;
      expect(result.trap, where).toBeUndefined();
    }
  }, 600_000);
});

const shared = sharedSandbox();
const { value, error, run } = shared;
const sandbox = () => shared.sandbox;

describe('what trapped the engine once', () => {
  test.each([
    ['eval', `(0, eval)('import("x")')`],
    ['new Function', `new Function('return import("./a/x.js")')()`],
    ['an inner eval', `eval('eval(\\'import("x")\\')')`],
  ])('import() in %s rejects, and can be caught', async (_, call) => {
    expect(await value(`return await ${call}.catch((e) => [e.name, e.message])`)).toEqual([
      'ReferenceError',
      expect.stringContaining('Error loading module'),
    ]);
    expect(await error(`await ${call}`)).toMatchObject({
      message: expect.stringContaining('import at the top of the program'),
    });
  });

  test.each([
    [
      'an event',
      `const t = new EventTarget(); t.addEventListener('x', () => { throw new RangeError('boo') }); t.dispatchEvent(new Event('x'))`,
    ],
    [
      'an abort',
      `const c = new AbortController(); c.signal.addEventListener('abort', () => { throw new RangeError('boo') }); c.abort()`,
    ],
    [
      'an onabort',
      `const c = new AbortController(); c.signal.onabort = () => { throw new RangeError('boo') }; c.abort()`,
    ],
    ['a microtask', `queueMicrotask(() => { throw new RangeError('boo') }); await sleep(5)`],
    ['an immediate', `setImmediate(() => { throw new RangeError('boo') }); await sleep(50)`],
  ])('what a listener of %s throws ends the run', async (_, source) => {
    expect(await error(`${source}; return 1`)).toMatchObject({
      name: 'RangeError',
      message: 'boo',
      stack: expect.stringContaining('program.ts:1:'),
    });
  });
});

describe('no path and no clock of the build shows', () => {
  test('in stacks that a program reads', async () => {
    const source = `function deep() { throw new TypeError('odd') }
const stacks = [];
try { deep() } catch (e) { stacks.push(e.stack) }
const holder = {}; Error.captureStackTrace(holder); stacks.push(holder.stack);
await readFile(5).catch((e) => stacks.push(e.stack));
await callTool('a', 'b').catch((e) => stacks.push(e.stack));
stacks.push(new DOMException('gone', 'AbortError').stack, AbortSignal.abort().reason.stack);
try { new URL('x') } catch (e) { stacks.push(e.stack) }
try { (0, eval)('nope()') } catch (e) { stacks.push(e.stack) }
return stacks`;
    const stacks = (await value(source)) as string[];
    expect(stacks[0]).toMatch(/^TypeError: odd\n {4}at deep \(program\.js:\d+:\d+\)\n/u);
    expect(stacks[3]).toMatch(/^ToolCallError: This sandbox has no servers\./u);
    for (const stack of stacks) {
      expect(stack).not.toMatch(/prelude|initializer|tmp|sources/u);
      expect(stack).toMatch(/^[\w]+/u);
    }
  });

  test('positions in a logged stack are those of the agent’s own file', async () => {
    const source = `type T = 1;
function f() { return new Error('x') }
console.log(f().stack);
log('error', 'at', { place: 'program.js:4:1' });
console.log('program.js:1:1 program.js:999999:1 xprogram.js:5:1')`;
    const { logs } = await run(source, { name: 'mine.ts' });
    expect(logs[0]?.message).toMatch(
      /^Error: x\n {4}at f \(mine\.ts:2:23\)\n {4}at mine\.ts:3:13/u,
    );
    expect(logs[2]?.message).toBe('program.js:1:1 program.js:999999:1 xprogram.js:5:1');
  });

  test('garbage collection shows in weak references at the same points of every run', async () => {
    const source = `let finalized = 0;
const registry = new FinalizationRegistry(() => { finalized++ });
const refs = Array.from({ length: 20 }, (_, index) => { const o = { index }; registry.register(o, index); return new WeakRef(o) });
const alive = [];
for (let round = 0; round < 6; round++) {
  for (let i = 0; i < 20; i++) new Uint8Array(3e6).fill(1);
  alive.push(refs.filter((ref) => ref.deref() !== undefined).length);
  await sleep(1);
}
return { alive, finalized }`;
    const options = { seed: 'x', startTime: 0 };
    const first = await run(source, options);
    expect(first).toMatchObject({ value: { finalized: 0 } });
    const live = await sandbox().start(source, options);
    const frozen = await live.freeze();
    for (const outcome of [
      await run(source, options),
      await (await sandbox().thaw(frozen)).outcome,
      await (await sandbox().thaw(frozen)).outcome,
    ]) {
      expect(outcome).toMatchObject({ value: (first as { value: unknown }).value });
      expect(outcome.usage.fuel).toBe(first.usage.fuel);
    }
  });
});
