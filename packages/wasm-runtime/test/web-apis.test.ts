import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../src/index.ts';
import { sharedSandbox } from './workbench.ts';

const { value, error } = sharedSandbox();

describe('crypto.subtle.digest', () => {
  test.each(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'])('%s is that of Node', async (name) => {
    const texts = ['', 'abc', 'é'.repeat(5_000)];
    const source = `export default async ({ texts }) => Promise.all(texts.map(async (text) => new Uint8Array(await crypto.subtle.digest('${name}', new TextEncoder().encode(text))).toHex()))`;
    const hash = (text: string) =>
      createHash(name.replace('-', '').toLowerCase()).update(text).digest('hex');
    expect(await value(source, { args: { texts } })).toEqual(texts.map(hash));
  });

  test('takes any buffer, view and spelling', async () => {
    const source = `const bytes = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]);
const all = [
  crypto.subtle.digest('sha-256', bytes.subarray(2, 6)),
  crypto.subtle.digest({ name: 'SHA-256' }, bytes.slice(2, 6).buffer),
  crypto.subtle.digest('SHA-256', new DataView(bytes.buffer, 2, 4)),
  crypto.subtle.digest('SHA-256', new Uint16Array(bytes.buffer, 2, 2)),
];
return (await Promise.all(all)).map((hash) => new Uint8Array(hash).toBase64())`;
    const hash = createHash('sha256')
      .update(new Uint8Array([2, 3, 4, 5]))
      .digest('base64');
    expect(await value(source)).toEqual([hash, hash, hash, hash]);
  });

  test.each([
    [
      `'MD5', new Uint8Array()`,
      { code: 'UNAVAILABLE_IN_SANDBOX', message: expect.stringContaining('use SHA-256') },
    ],
    [`'__proto__', new Uint8Array()`, { code: 'UNAVAILABLE_IN_SANDBOX' }],
    [`undefined, new Uint8Array()`, { code: 'UNAVAILABLE_IN_SANDBOX' }],
    [`'SHA-256', 'text'`, { name: 'TypeError' }],
    [`'SHA-256', [1, 2]`, { name: 'TypeError' }],
    [`'SHA-256'`, { name: 'TypeError' }],
  ])('of %s rejects', async (args, expected) => {
    const call = `crypto.subtle.digest(${args})`;
    expect(await error(`await ${call}`)).toMatchObject(expected);
    expect(await value(`return ${call}.catch(() => 'caught')`)).toBe('caught');
  });
});

describe('events', () => {
  test('reach listeners in their order, once, and until they are removed', async () => {
    const source = `const heard = [];
const target = new EventTarget();
const a = (event) => heard.push(['a', event.type, event.target === target]);
target.addEventListener('x', a);
target.addEventListener('x', a);
target.addEventListener('x', { handleEvent(event) { heard.push(['b', event.detail]) } }, { once: true });
target.addEventListener('y', () => heard.push(['never']));
target.addEventListener('x', null);
target.dispatchEvent(new CustomEvent('x', { detail: 5 }));
target.dispatchEvent(new Event('x'));
target.removeEventListener('x', a);
target.removeEventListener('x', a);
target.dispatchEvent(new Event('x'));
return heard`;
    expect(await value(source)).toEqual([
      ['a', 'x', true],
      ['b', 5],
      ['a', 'x', true],
    ]);
  });

  test('can be stopped, prevented, and listened to until a signal aborts', async () => {
    const source = `const target = new EventTarget();
const heard = [];
const controller = new AbortController();
target.addEventListener('x', (event) => { heard.push(1); event.preventDefault(); target.addEventListener('x', () => heard.push('late')) });
target.addEventListener('x', (event) => { heard.push(2); event.stopImmediatePropagation() }, { signal: controller.signal });
target.addEventListener('x', () => heard.push(3));
const results = [target.dispatchEvent(new Event('x', { cancelable: true })), heard.splice(0)];
controller.abort();
results.push(target.dispatchEvent(new Event('x')), heard.splice(0));
return results`;
    expect(await value(source)).toEqual([false, [1, 2], true, [1, 3, 'late']]);
  });
});

describe('abort signals', () => {
  test('abort once, with their reason', async () => {
    const source = `const controller = new AbortController();
const { signal } = controller;
const heard = [];
signal.onabort = (event) => heard.push(['on', event.type]);
signal.addEventListener('abort', () => heard.push(['listener', signal.aborted]));
signal.throwIfAborted();
controller.abort('why'); controller.abort('again');
let thrown; try { signal.throwIfAborted() } catch (e) { thrown = e }
return [heard, signal.reason, thrown, signal instanceof AbortSignal, signal instanceof EventTarget]`;
    expect(await value(source)).toEqual([
      [
        ['on', 'abort'],
        ['listener', true],
      ],
      'why',
      'why',
      true,
      true,
    ]);
  });

  test('have a reason of their own where none is given', async () => {
    const source = `const controller = new AbortController(); controller.abort();
return [controller.signal.reason, AbortSignal.abort().reason].map((reason) => [reason.name, reason instanceof DOMException, reason instanceof Error])`;
    expect(await value(source)).toEqual([
      ['AbortError', true, true],
      ['AbortError', true, true],
    ]);
  });

  test('AbortSignal.any() follows the first, also one that has aborted', async () => {
    const source = `const [a, b] = [new AbortController(), new AbortController()];
const any = AbortSignal.any([a.signal, b.signal]);
const chained = AbortSignal.any([any]);
let heard = 0; chained.addEventListener('abort', () => heard++);
const before = chained.aborted;
b.abort('b'); a.abort('a');
return [before, any.reason, chained.reason, heard, AbortSignal.any([AbortSignal.abort('x'), a.signal]).reason, AbortSignal.any([]).aborted]`;
    expect(await value(source)).toEqual([false, 'b', 'b', 1, 'x', false]);
  });

  test.each([
    'new AbortSignal()',
    'AbortSignal.any([{}])',
    'AbortSignal.any([() => 1])',
    'AbortSignal.any(5)',
  ])('%s is a TypeError', async (expression) => {
    expect(await error(expression)).toMatchObject({ name: 'TypeError' });
  });
});

test.each([
  [`URL.canParse('x')`, false],
  [`URL.canParse('x', 'https://a.example')`, true],
  [`URL.parse('https://a.example/b').pathname`, '/b'],
  [`URL.parse('')`, null],
  [`typeof URL.createObjectURL`, 'undefined'],
  [`new TextDecoder('latin1').decode(new Uint8Array([0xe9]))`, 'é'],
])('%s is %j', async (expression, expected) => {
  expect(await value(`return ${expression}`)).toEqual(expected);
});

describe('an error about a name that is not there says what to use', () => {
  test.each([
    ['Buffer.from("x")', 'use Uint8Array'],
    ['new Intl.NumberFormat()', 'use toLocaleString'],
    ['require(String(1))', 'import at the top'],
    ['process.env.HOME', 'arguments of the run are in args'],
    ['window.x', 'use globalThis'],
    ['new Blob([])', 'use a string'],
    ['const d = (v: unknown) => v; @d class A {}', 'no decorators'],
    ['search_issues({})', 'Tools are imported from ./servers/<server>'],
    ['new RegExp("\\\\p{L}", "u")', 'written as literals'],
  ])('%s', async (source, hint) => {
    const { message, stack } = await error(source);
    expect(message).toContain(hint);
    expect(stack).toContain(hint);
  });

  test('and others are as they were thrown', async () => {
    const source = (name: string, message: string) =>
      `throw new ${name}(${JSON.stringify(message)})`;
    expect((await error(source('Error', 'Buffer is not defined'))).message).toBe(
      'Buffer is not defined',
    );
    expect((await error(source('ReferenceError', 'toString is not defined'))).message).toContain(
      'Tools are imported',
    );
    expect((await error(source('ReferenceError', 'a b is not defined'))).message).toBe(
      'a b is not defined',
    );
    expect(await value(`try { Buffer } catch (e) { return e.message }`)).toBe(
      'Buffer is not defined',
    );
  });
});

test('what is ours works on when a program has replaced every method of the language', async () => {
  const source = `const { apply } = Reflect;
const { parse } = JSON;
const methods = [
  [Number.prototype.toLocaleString, 1234.5, ['en', parse('{"minimumFractionDigits":2}')]],
  [Date.prototype.toLocaleString, new Date(0), []],
  [String.prototype.localeCompare, 'é10', ['e9', 'en', parse('{"numeric":true}')]],
  [String.prototype.normalize, 'é', ['NFD']],
  [URL.canParse, URL, ['https://a.example']],
  [EventTarget.prototype.dispatchEvent, new EventTarget(), [new Event('x')]],
];
const target = methods[5][1];
let heard = 0;
target.addEventListener('x', () => { heard++ });
const { table, log: write } = console;
const error = new Error('odd');
const { ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
const owners = [Array, String, Number, Object, RegExp, Map, Set, Date, Function, Error, Symbol, Math, JSON, Reflect, WeakMap, Promise]
  .flatMap((owner) => (owner.prototype ? [owner, owner.prototype] : [owner]));
const fixed = ['stack', 'prototype', 'then', 'constructor'];
for (let at = 0; at < owners.length; at++) {
  const keys = ownKeys(owners[at]);
  for (let index = 0; index < keys.length; index++) {
    const found = getOwnPropertyDescriptor(owners[at], keys[index]);
    let kept = !found.configurable || typeof found.value !== 'function';
    for (let each = 0; each < fixed.length; each++) if (fixed[each] === keys[index]) kept = true;
    if (!kept) defineProperty(owners[at], keys[index], { value() { throw 'sabotage' }, configurable: true, writable: true });
  }
}
const results = [];
for (let index = 0; index < methods.length; index++) results[index] = apply(methods[index][0], methods[index][1], methods[index][2]);
table([{ a: 1 }]);
write('%d of %s', 5, 'x');
results[6] = heard;
results[7] = error.stack !== '';
results[8] = await lookup('c');
return results`;
  await using sandbox = await createSandbox({
    workers: 1,
    extensions: { lookup: { call: (args) => args } },
  });
  expect(await sandbox.run(source)).toMatchObject({
    status: 'returned',
    value: [
      '1,234.50',
      '1/1/1970, 12:00:00 AM',
      1,
      'é'.normalize('NFD'),
      true,
      true,
      1,
      true,
      ['c'],
    ],
    logs: [{ message: '| (index) | a |\n| ------- | - |\n| 0       | 1 |' }, { message: '5 of x' }],
  });
});
