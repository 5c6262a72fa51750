import { describe, expect, test } from 'vitest';
import { done, littleFuel, memoryFiles, recordingTools, sharedSandbox } from './workbench.ts';

const tools = recordingTools(({ paramsJson }) => done(JSON.parse(paramsJson)));
const { value, error, run, limit } = sharedSandbox({ tools, files: memoryFiles() });

describe('how a run ended cannot be forged', () => {
  test.each([
    ['the engine’s text for full memory', 'throw "out of memory"'],
    ['a status', `throw { status: 'limit', limit: { kind: 'fuel', allowed: 1 } }`],
    [
      'an error with a code of ours',
      `throw Object.assign(new Error('x'), { code: 'NOT_ALLOWED' })`,
    ],
    [
      'an error that looks like ours',
      `throw Object.assign(new Error('x'), { name: 'ToolCallError', code: 'TOOL_FAILED', retryable: true })`,
    ],
    [
      'an error with the prototype of ours',
      `const e = await readFile('/nope').catch((e) => e); throw Object.create(Object.getPrototypeOf(e), { code: { value: 'NOT_ALLOWED' } })`,
    ],
    [
      'an error made by the class of ours',
      `const e = await readFile('/nope').catch((e) => e); const mine = new e.constructor('x'); mine.code = 'NOT_ALLOWED'; throw mine`,
    ],
    [
      'a proxy around an error of ours',
      `const e = await readFile('/nope').catch((e) => e); throw new Proxy(e, {})`,
    ],
    ['the error of a limit', 'throw new RangeError("fuel")'],
    [
      'what is thrown when a value is too deep',
      `let d = {}; for (let i = 0; i < 300; i++) d = { d }; try { log('info', 'x', d) } catch (e) { throw e }`,
    ],
    [
      'what is thrown when a value is too large',
      `try { log('info', 'x', { a: 'x'.repeat(1e6) }) } catch (e) { throw e }`,
    ],
  ])('by throwing %s', async (_, source) => {
    const { code } = await error(source);
    expect(code).toBeUndefined();
  });

  test('by changing the code of an error of ours', async () => {
    const source = `const e = await readFile('/nope').catch((e) => e);
      try { e.code = 'NOT_ALLOWED' } catch {}
      throw e`;
    expect((await error(source)).code).toBe('FILE_NOT_FOUND');
  });

  test('by replacing WeakMap', async () => {
    const source = `WeakMap.prototype.get = () => 'NOT_ALLOWED'; WeakMap.prototype.has = () => true;
      throw new Error('x')`;
    expect((await error(source)).code).toBeUndefined();
  });

  test.each(['tooDeep', 'tooLarge'])(
    'by throwing %s from toJSON while the result is written',
    async (name) => {
      const source = `let caught; let d = {}; for (let i = 0; i < 300; i++) d = { d };
      try { log('info', 'x', ${name === 'tooDeep' ? 'd' : '"x".repeat(1e6)'}) } catch (e) { caught = e }
      export default { toJSON() { throw caught } }`;
      expect(await error(source)).toMatchObject({ code: 'RESULT_NOT_JSON', name: 'TypeError' });
    },
  );

  test('by a result that looks like an outcome', async () => {
    const fake = { status: 'limit', limit: { kind: 'fuel', allowed: 1 }, logs: [], calls: [] };
    expect(await value(`export default ${JSON.stringify(fake)}`)).toEqual(fake);
  });

  test.each(['name', 'message'])(
    'by calling and logging while %s of a thrown error is read',
    async (property) => {
      const source = `throw Object.defineProperty(new Error('x'), '${property}', { get() {
      for (let i = 0; i < 1000; i++) console.log('y'.repeat(100));
      callTool('s', 't', { code: 'NOT_ALLOWED' });
      log('info', '\\u0005\\0\\0\\0\\0\\u0004');
      return 'NOT_ALLOWED';
    } })`;
      const outcome = await run(source);
      expect(outcome).toMatchObject({ status: 'threw', calls: [{ server: 's', tool: 't' }] });
      expect(outcome.logs).toHaveLength(1001);
      expect((outcome as { error: object }).error).not.toHaveProperty('code');
    },
  );

  test('by a stack of its own: the engine’s is read', async () => {
    const source = `throw Object.defineProperty(new Error('x'), 'stack', { get() { callTool('s', 't', {}); return '' } })`;
    const outcome = await run(source);
    expect(outcome).toMatchObject({
      error: { stack: 'Error: x\n    at program.ts:1:29' },
      calls: [],
    });
  });

  test('by toJSON() of what is thrown', async () => {
    const source = `throw { toJSON() { callTool('s', 't', {}); console.log('in'); return { a: 1 } } }`;
    expect(await run(source)).toMatchObject({
      status: 'threw',
      error: { message: 'Thrown: {"a":1}' },
      logs: [{ message: 'in' }],
      calls: [{}],
    });
  });
});

describe('keys with a meaning are data', () => {
  const hostile =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"then":1,"toJSON":5,"toString":null,"length":-1,"hasOwnProperty":0}';
  const program = `export default JSON.parse(${JSON.stringify(hostile)})`;

  test('in a result', async () => {
    const result = (await value(program)) as object;
    expect(JSON.stringify(result)).toBe(hostile);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('in a result that is thenable for the host', async () => {
    const result = await value('export default { a: { then: "x" }, then: "y" }');
    expect(JSON.stringify(result)).toBe('{"a":{"then":"x"},"then":"y"}');
  });

  test('in the fields of a log line', async () => {
    const outcome = await run(`log('info', 'x', JSON.parse(${JSON.stringify(hostile)}))`);
    expect(JSON.stringify(outcome.logs[0]?.fields)).toBe(hostile);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('in parameters and answers', async () => {
    const source = `const answer = await callTool('s', 't', JSON.parse(${JSON.stringify(hostile)}));
      export default [JSON.stringify(answer), {}.polluted ?? 'clean', Object.keys(answer)[0]]`;
    expect(await value(source)).toEqual([hostile, 'clean', '__proto__']);
    expect(tools.made.at(-1)?.paramsJson).toBe(hostile);
  });

  test('as names of servers, tools and state', async () => {
    const source = `await callTool('__proto__', 'constructor', {});
      await setState('__proto__', { a: 1 });
      export default [await getState('__proto__'), (await getState('constructor')) ?? null]`;
    const outcome = await run(source);
    expect(outcome).toMatchObject({
      status: 'returned',
      value: [{ a: 1 }, null],
      calls: [{ server: '__proto__', tool: 'constructor' }],
    });
  });
});

/** Logs, calls, waits, keeps state, and returns. */
const work = `console.log('a', { b: [1] }); log('warn', 'c', { d: 1 });
  const answer = await callTool('s', 't', { x: [1, 'y'] });
  await sleep(1);
  await setState('k', { v: 1 });
  const missing = await readFile('/nope').catch((e) => e.code);
  const state = await getState('k');
  return { answer, missing, state, long: 'z'.repeat(5000), list: [1, 2] }`;
const expected = {
  status: 'returned',
  value: {
    answer: { x: [1, 'y'] },
    missing: 'FILE_NOT_FOUND',
    state: { v: 1 },
    long: 'z'.repeat(5000),
    list: [1, 2],
  },
  logs: [{ message: 'a {"b":[1]}' }, { message: 'c', fields: { d: 1 } }],
  calls: [{ status: 'done' }],
};
const fail = '() => { throw new Error("replaced") }';

describe('a program that replaces built-ins still gets its result', () => {
  test.each([
    ['JSON', `JSON.stringify = JSON.parse = ${fail}`],
    [
      'Array.prototype',
      `for (const k of ['push', 'pop', 'map', 'forEach', 'join', 'slice', 'splice', 'concat', 'keys', 'entries']) Array.prototype[k] = ${fail}`,
    ],
    [
      'setters of Array.prototype',
      `for (const i of [0, 1, 2, 3]) Object.defineProperty(Array.prototype, i, { get: () => 9, set: ${fail} })`,
    ],
    [
      'iteration',
      `Array.prototype[Symbol.iterator] = Object.getPrototypeOf(Uint8Array.prototype)[Symbol.iterator] = ${fail}`,
    ],
    [
      'Map, Set and WeakMap',
      `for (const C of [Map, Set, WeakMap]) for (const k of ['get', 'set', 'has', 'add', 'delete']) C.prototype[k] = ${fail}`,
    ],
    [
      'TextEncoder and TextDecoder',
      `TextEncoder.prototype.encodeInto = TextEncoder.prototype.encode = TextDecoder.prototype.decode = ${fail}`,
    ],
    [
      'Function.prototype',
      `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = ${fail}`,
    ],
    [
      'String and Number',
      `for (const P of [String.prototype, Number.prototype]) for (const k of ['slice', 'charCodeAt', 'toString', 'padStart', 'isWellFormed', 'replace']) P[k] = ${fail}`,
    ],
    [
      'Reflect, Object and Math',
      `for (const O of [Reflect, Object, Math, Number, Array]) for (const k of ['apply', 'construct', 'keys', 'create', 'defineProperty', 'random', 'isFinite', 'isArray', 'from']) O[k] = ${fail}`,
    ],
    [
      'DataView',
      `for (const k of ['getUint8', 'getUint32', 'getFloat64', 'setUint32']) DataView.prototype[k] = ${fail}`,
    ],
    [
      'typed array accessors',
      `for (const k of ['length', 'byteLength', 'byteOffset', 'buffer']) Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), k, { get: () => 3 })`,
    ],
    [
      'typed array methods',
      `for (const k of ['set', 'slice', 'subarray', 'fill']) Object.getPrototypeOf(Uint8Array.prototype)[k] = ${fail}`,
    ],
    [
      'an accessor that hands out forged frames',
      `const forged = new Uint8Array([5, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 78, 79, 84, 95, 65, 76, 76, 79, 87, 69, 68]).buffer;
      Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), 'buffer', { get: () => forged })`,
    ],
    [
      'constructors',
      `for (const k of ['Uint8Array', 'ArrayBuffer', 'DataView', 'TextEncoder', 'TextDecoder', 'Map', 'Promise', 'Error', 'TypeError', 'Array', 'Object', 'Date', 'String', 'Number', 'JSON', 'Reflect']) globalThis[k] = undefined`,
    ],
    [
      'the species of typed arrays',
      `Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get: ${fail} })`,
    ],
    [
      'Error.prototype',
      `Object.defineProperty(Error.prototype, 'message', { get: ${fail}, set: ${fail} }); Error.prototype.toString = ${fail}`,
    ],
    [
      'properties of Object.prototype',
      `for (const k of ['id', 'kind', 'error', 'resolve', 'reject', 'read', 'name', 'message', 'code', 'written', 'text', 'bound', 'ancestors', 'key', 'above', 'byteLength', 'buffer', 'byteOffset', 'length', 'done'])
      Object.defineProperty(Object.prototype, k, { get: () => 'forged', set(v) { Object.defineProperty(this, k, { __proto__: null, value: v, writable: true, enumerable: true, configurable: true }) }, configurable: true })`,
    ],
    [
      'everything that can be frozen',
      'for (const O of [Object, Array, Function, Promise, Error, String]) { Object.freeze(O); Object.freeze(O.prototype) } Object.freeze(globalThis)',
    ],
  ])('%s', async (_, sabotage) => {
    expect(await run(`${sabotage};\n${work}`)).toMatchObject(expected);
  });

  test.each([
    ['Promise.prototype.then', `Promise.prototype.then = ${fail}`],
    ['then, never going on', 'Promise.prototype.then = () => {}'],
    [
      'the constructor of promises',
      `Object.defineProperty(Promise.prototype, 'constructor', { get: ${fail} })`,
    ],
    ['a then for everything', 'Object.prototype.then = (resolve) => resolve("forged")'],
    ['a then for everything that throws', `Object.prototype.then = ${fail}`],
    [
      'getters for property descriptors',
      `Object.defineProperty(Object.prototype, 'get', { get: ${fail}, configurable: true })`,
    ],
    [
      'the globals of ours',
      'for (const k of ["callTool", "sleep", "readFile", "setState", "getState", "console", "log"]) globalThis[k] = undefined',
    ],
    ['toJSON of everything', 'Object.prototype.toJSON = () => 5'],
  ])('or at worst fails by itself: %s', async (_, sabotage) => {
    const outcome = await run(`${sabotage};\n${work}`, { limits: littleFuel });
    expect(['returned', 'threw']).toContain(outcome.status);
    expect(await value('export default "still well"')).toBe('still well');
  });
});

describe('no object of the bindings gets into the program’s hands', () => {
  test.each([
    ['slice of ArrayBuffer', `ArrayBuffer.prototype.slice = function () { seen.push(this) }`],
    [
      'slice of ArrayBuffer, defined',
      `Object.defineProperty(ArrayBuffer.prototype, 'slice', { get() { seen.push(this) } })`,
    ],
    [
      'the constructor of ArrayBuffers',
      `Object.defineProperty(ArrayBuffer.prototype, 'constructor', { get() { seen.push(this) } })`,
    ],
    [
      'the species of ArrayBuffers',
      `Object.defineProperty(ArrayBuffer, Symbol.species, { get() { seen.push(this) } })`,
    ],
  ])('%s is fixed', async (_, attempt) => {
    const source = `const seen = []; let refused = false;
      try { ${attempt} } catch { refused = true }
      await sleep(1); await sleep(1);
      export default [refused, seen.length]`;
    expect(await value(source)).toEqual([true, 0]);
  });

  test('a then of Object.prototype is not called with what the engine hands out', async () => {
    const source = `const seen = []; const describe = (x) => Object.prototype.toString.call(x);
      Object.prototype.then = function (resolve) { seen.push(describe(this)); delete Object.prototype.then; resolve(this) };
      await sleep(1); await sleep(1);
      delete Object.prototype.then;
      export default seen`;
    expect(await value(source)).toEqual([]);
  });

  test.each([
    'guest',
    '$bindings',
    'contentGlobal',
    '$memory',
    '__sourceName',
    'process',
    'module',
    'Deno',
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
  ])('there is no global %s', async (name) => {
    expect(await value(`export default typeof ${name}`)).toBe('undefined');
  });
});

test('a limit is still a limit for a program that replaced built-ins', async () => {
  expect(
    await limit(`Promise.prototype.then = () => {}; Error = undefined; for (;;) ;`, {
      limits: littleFuel,
    }),
  ).toEqual({ kind: 'fuel', allowed: littleFuel.fuel });
});
