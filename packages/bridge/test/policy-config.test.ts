import { describe, expect, test } from 'vitest';
import { ConfigText } from '../src/config-text.ts';
import { parseCallPolicy } from '../src/policy-config.ts';

const read = (value: unknown) => {
  const source = new ConfigText('file', JSON.stringify(value));
  return parseCallPolicy(source, source.parse());
};

test('there need be no policy', () => {
  expect(parseCallPolicy(new ConfigText('file', '{}'), undefined)).toEqual({});
  expect(read({})).toEqual({});
});

describe.each(['allow', 'ask', 'deny', 'readOnly', 'idempotent', 'cacheable'])('%s', (name) => {
  test('is a pattern or a list of patterns', () => {
    expect(read({ [name]: ['a', 'b.*'] })).toEqual({ [name]: ['a', 'b.*'] });
    expect(read({ [name]: [] })).toEqual({ [name]: [] });
    expect(read({ [name]: 'a' })).toEqual({ [name]: ['a'] });
  });

  test.each([1, true, null, {}, ['a', 1], [['a']]])('is not %j', (value) => {
    expect(() => read({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(name) }),
    );
  });
});

describe.each(['trustAnnotations', 'learn'])('%s', (name) => {
  test.each([true, false])('can be %s', (value) => {
    expect(read({ [name]: value })).toEqual({ [name]: value });
  });

  test('can be patterns, and nothing else', () => {
    expect(read({ [name]: ['a', 'b'] })).toEqual({ [name]: ['a', 'b'] });
    expect(() => read({ [name]: 1 })).toThrow('a list of patterns');
  });
});

test.each([
  ['default', ['allow', 'ask', 'deny'], 'one of "allow", "ask", "deny" for "default"'],
  ['resultCheck', ['off', 'warn', 'strict'], 'one of "off", "warn", "strict" for "resultCheck"'],
])('%s is one of its words', (name, words, expected) => {
  for (const word of words) expect(read({ [name]: word })).toEqual({ [name]: word });
  for (const other of ['', 'Allow', 'no', true, null, [words[0]]]) {
    expect(() => read({ [name]: other })).toThrow(expected);
  }
});

test.each(['cacheTtlMs', 'rateWaitMs'])('%s is a number', (name) => {
  expect(read({ [name]: 5 })).toEqual({ [name]: 5 });
  for (const other of ['5', true, [5]]) {
    expect(() => read({ [name]: other })).toThrow(`a number for "${name}"`);
  }
});

describe('rates', () => {
  const rate = { tools: 'a.*', calls: 1, intervalMs: 2 };

  test('are a list, each with what is needed', () => {
    expect(read({ rates: [] })).toEqual({ rates: [] });
    const rates = [rate, { ...rate, share: 'server' }, { ...rate, share: 'tool' }];
    expect(read({ rates })).toEqual({ rates });
  });

  test.each([
    [rate, 'a list of rates for "rates"'],
    [[1], 'an object for a rate'],
    [[{ ...rate, tools: 1 }], 'a pattern for "tools"'],
    [[{ ...rate, calls: '1' }], 'a number for "calls"'],
    [[{ ...rate, intervalMs: null }], 'a number for "intervalMs"'],
    [[{ ...rate, share: 'all' }], 'one of "tool", "server" for "share"'],
    [[{ ...rate, per: 1 }], 'one of tools, calls, intervalMs, share in a rate'],
    [[{ calls: 1, intervalMs: 2 }], '"tools" in a rate'],
    [[rate, { tools: 'a', intervalMs: 2 }], '"calls" in a rate'],
    [[{ tools: 'a', calls: 1 }], '"intervalMs" in a rate'],
  ])('are not %j', (rates, expected) => {
    expect(() => read({ rates })).toThrow(expected);
  });
});

describe('discover', () => {
  test('has objects of parameters for tools, by own keys only', () => {
    const { discover } = read(
      JSON.parse('{"discover":{"a.b":[{"n":1},{}],"c.d":{"m":[2]},"__proto__":{}}}'),
    );
    expect([...(discover ?? [])]).toEqual([
      ['a.b', [{ n: 1 }, {}]],
      ['c.d', [{ m: [2] }]],
      ['__proto__', [{}]],
    ]);
    expect([...(read({ discover: { a: [] } }).discover ?? [])]).toEqual([['a', []]]);
  });

  test.each([
    [['a'], 'an object of tools for "discover"'],
    [{ 'a.b': [1] }, 'a list of parameters, each an object, for "a.b"'],
    [{ 'a.b': 'x' }, 'a list of parameters, each an object, for "a.b"'],
  ])('is not %j', (discover, expected) => {
    expect(() => read({ discover })).toThrow(expected);
  });
});

test('what is not known is an error that lists what is, at its place', () => {
  const text = '{\n  "allow": ["a"],\n  "denny": ["b"]\n}';
  const source = new ConfigText('file', text);
  expect(() => parseCallPolicy(source, source.parse())).toThrow(
    /^file:3:3: expected one of allow, ask, deny, default, .*discover in "policy"/u,
  );
  for (const name of ['toString', '__proto__', 'constructor', 'tools']) {
    expect(() => read(JSON.parse(`{${JSON.stringify(name)}:[]}`))).toThrow('one of allow');
  }
});

test.each([[[]], ['x'], [1], [null], [true]])('a policy is an object, not %j', (value) => {
  expect(() => read(value)).toThrow('an object for "policy"');
});

test('a name twice is an error', () => {
  const source = new ConfigText('file', '{"deny":["a"],"deny":[]}');
  expect(() => parseCallPolicy(source, source.parse())).toThrow('"deny" only once');
});
