import { SandboxError } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapJson } from '../src/filter/json-text.ts';
import { OwnPattern } from '../src/filter/own-pattern.ts';
import { TokenVault } from '../src/filter/token-vault.ts';
import { type ContentFilterOptions, createContentFilter, type FilterRules } from '../src/index.ts';

describe('mapJson()', () => {
  const marked = (json: string) =>
    mapJson(json, {
      string: (text, key) => JSON.stringify(`${key ?? 'name'}=${text}`),
      number: (digits, key) => JSON.stringify(`${key}#${digits}`),
    });

  test('gives each string, name and whole number once, with the name before it', () => {
    const json =
      '{"a": ["x", 1234567, -1234567, 1234567.5, 1e10, 12], "\\u0062\\"" : {"c":"y\\n"}}';
    expect(JSON.parse(marked(json))).toEqual({
      'name=a': ['a=x', 'a#1234567', -1234567, 1234567.5, 1e10, 12],
      'name=b"': { 'name=c': 'c=y\n' },
    });
  });

  test('changes nothing where nothing is replaced, whatever the text is', () => {
    const none = { string: () => undefined, number: () => undefined };
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(mapJson(text, none)).toBe(text);
      }),
    );
  });

  test('replaces by equal values to the same JSON value', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const same = mapJson(json, {
          string: (text) => JSON.stringify(text),
          number: (all) => all,
        });
        expect(JSON.parse(same)).toEqual(JSON.parse(json));
      }),
    );
  });

  test('goes through values of any depth', () => {
    const deep = `${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`;
    expect(marked(deep)).toBe(deep.replace('"x"', '"=x"'));
  });
});

describe('OwnPattern', () => {
  const matches = (source: string, text: string) => new OwnPattern('own', source).end(text, 0);

  test('matches characters, classes and counts, and gives nothing back', () => {
    expect(matches('ACME-\\d{4,6}', 'ACME-12345.')).toBe(10);
    expect(matches('ACME-\\d{4,6}', 'ACME-1234567')).toBe(-1);
    expect(matches('[A-Z_]{2}-?[\\d.]+x', 'AB1.2x')).toBe(6);
    expect(matches('\\d+1234', '51234')).toBe(-1);
    expect(matches('\\w{4}\\.', 'ab_1.')).toBe(5);
    expect(matches('[a-c-]{4}', 'a-b-')).toBe(4);
  });

  test('does not begin or end within a word', () => {
    expect(new OwnPattern('own', '\\d{4}').end('x1234', 1)).toBe(-1);
    expect(matches('\\d{4}', '1234x')).toBe(-1);
    expect(matches('#\\d{4}', '#1234')).toBe(5);
  });

  test.each([
    ...[
      '(a+)+b{3}',
      'a|bbbb',
      'a*bcde',
      '^abcd',
      'abcd$',
      'ab.cd',
      '[^a]{4}',
      '[b-a]{4}',
      '[]abcd',
    ],
    ...['[abcd', 'abcd{', 'abcd{0}', 'abcd{3,2}', 'abcd{,2}', 'abcd{100}', 'abc', '', '\\bword'],
    ...['ab\\', 'übel', 'ab+{2}cd', '\\d{64}\\d', '[a-', '\u{1F600}abc'],
  ])('refuses %j', (source) => {
    const refused = { code: 'CONFIG_INVALID', message: expect.stringContaining('cannot be used') };
    expect(() => new OwnPattern('own', source)).toThrow(SandboxError);
    expect(() => new OwnPattern('own', source)).toThrow(expect.objectContaining(refused));
  });
});

describe('TokenVault', () => {
  const value = (text: string) => ({ kind: 'email', text, isNumber: false });

  test('is full at its number of values and at its bytes, and knows what it has all the same', () => {
    const full = { code: 'QUOTA_EXCEEDED' };
    for (const bounds of [
      { values: 2, bytes: 1e6 },
      { values: 100, bytes: 400 },
    ]) {
      const vault = new TokenVault(bounds);
      const first = vault.tokenFor(value('a'));
      vault.tokenFor(value('b'));
      expect(() => vault.tokenFor(value('c'))).toThrow(expect.objectContaining(full));
      expect(vault.tokenFor(value('a'))).toBe(first);
      vault.clear();
      expect(vault.value(first)).toBeUndefined();
      expect(vault.tokenFor(value('a'))).not.toBe(first);
    }
  });

  test('a number and its text have tokens of their own', () => {
    const vault = new TokenVault({ values: 10, bytes: 1e6 });
    const number = { kind: 'card', text: '4111111111111111', isNumber: true };
    const text = { ...number, isNumber: false };
    expect(vault.tokenFor(number)).not.toBe(vault.tokenFor(text));
    expect(vault.value(vault.tokenFor(number))).toEqual(number);
  });
});

describe('createContentFilter()', () => {
  const filter = (options: Partial<ContentFilterOptions> = {}) =>
    createContentFilter({
      rules: new Map([['s', { outgoing: 'all', restoreFor: ['give'] }]]),
      ...options,
    });

  test('what goes out and comes back is the same, for any JSON value', () => {
    const both = filter();
    const secret = fc.constantFrom(
      'a@b.org',
      '[[EMAIL:x]]',
      '[[',
      '4111111111111111',
      '\\u005b[EMAIL:x]]',
      '+49 170 1234567',
      '10.1.2.3',
    );
    const text = fc
      .array(fc.oneof(secret, fc.string(), fc.constant(' ')), { maxLength: 6 })
      .map((parts) => parts.join(' '));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.constantFrom(4111111111111111, 1, null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const json = JSON.stringify(value);
        const hidden = both.forCall('s', 'give')?.outgoing(json) as string;
        expect(hidden).not.toContain('a@b.org');
        expect(both.forCall('s', 'give')?.incoming(hidden)).toBe(json);
      }),
      { numRuns: 500 },
    );
  });

  test('a result is withheld when the session is full, and the call is not said to have failed early', () => {
    const small = filter({ bounds: { values: 1 } });
    const full = { code: 'QUOTA_EXCEEDED', hint: expect.stringContaining('it has done so') };
    expect(() => small.forCall('s', 'x')?.outgoing('["a@b.org","c@d.org"]')).toThrow(
      expect.objectContaining(full),
    );
  });

  test('of too many sessions, the one that was used longest ago is forgotten', () => {
    const two = filter({ sessions: 2 });
    const hidden = (session: string) =>
      two.forCall('s', 'give', { session })?.outgoing('"a@b.org"') as string;
    const restored = (session: string, json: string) =>
      two.forCall('s', 'give', { session })?.incoming(json);
    const [a] = [hidden('a'), hidden('b')];
    expect(restored('a', a)).toBe('"a@b.org"');
    const c = hidden('c');
    expect(restored('a', a)).toBe('"a@b.org"');
    expect(restored('c', c)).toBe('"a@b.org"');
    expect(hidden('b')).not.toBe(a);
    two.close();
    expect(() => restored('c', c)).toThrow(expect.objectContaining({ code: 'UNKNOWN_TOKEN' }));
  });

  test('putting values back cannot make parameters grow without bound', () => {
    const both = filter();
    const key = `-----BEGIN PRIVATE KEY-----${'A'.repeat(60_000)}-----END PRIVATE KEY-----`;
    const token = JSON.parse(both.forCall('s', 'give')?.outgoing(JSON.stringify(key)) as string);
    const many = JSON.stringify([token.repeat(1_000)]);
    expect(() => both.forCall('s', 'give')?.incoming(many)).toThrow(
      expect.objectContaining({ code: 'PARAMS_TOO_LARGE' }),
    );
  });

  test('refuses rules that would hide nothing', () => {
    const bad = (rules: object) => () =>
      createContentFilter({ rules: new Map([['s', rules as never]]) });
    expect(bad({ outgoing: ['e-mail'] })).toThrow(/nothing named e-mail/);
    expect(bad({ outgoing: [], patterns: { email: 'abcd' } })).toThrow(/cannot be named "email"/);
    expect(bad({ outgoing: [], patterns: { __proto__x: 'abcd' } })).toThrow(/cannot be named/);
  });
});

describe('what is hidden of a text', () => {
  const both = createContentFilter({
    rules: new Map([['s', { outgoing: 'all', restoreFor: ['give'] }]]),
  });
  const hide = (text: string, session: string) =>
    both.forCall('s', 'give', { session })?.outgoingText(text) as string;

  test.each([
    ['the key of a mail service', `SG.${'a1B2'.repeat(6)}.${'c3D4'.repeat(10)}`],
    ['an address with one of the other kind in it', '::ffff:93.184.216.34'],
    ['a number of a person from Corsica', '185052A001001', (97 - (1850519001001 % 97)).toString()],
  ])('%s', (_, ...parts) => {
    const secret = parts.join('');
    const hidden = hide(`it is ${secret}, then`, secret);
    expect(hidden).toMatch(/^it is \[\[[A-Z0-9_]+:[0-9a-f]{24}\]\], then$/u);
    const restored = both
      .forCall('s', 'give', { session: secret })
      ?.incoming(JSON.stringify(hidden));
    expect(restored).toBe(JSON.stringify(`it is ${secret}, then`));
  });

  test('what a message was cut in is not shown, as it may be half of a value', () => {
    const cut = `${'x'.repeat(80)} 4111111111… (12 more characters)`;
    expect(hide(cut, 'cut')).toBe(`${'x'.repeat(27)}… (12 more characters)`);
    expect(hide('mail a@b.org', 'cut')).not.toContain('a@b.org');
  });

  test('a string that does not end, or has escapes that are none, is left as it is', () => {
    const call = both.forCall('s', 'give', { session: 'odd' });
    for (const json of ['[20261122, 987654321]', '["a@b.org\\', '["\\x", 1]', '["a'])
      expect(call?.outgoing(json)).toBe(json);
  });

  test('a server that was given a value may say it again, and it is hidden again', () => {
    const some = createContentFilter({
      rules: new Map<string, FilterRules>([
        ['mail', { outgoing: ['email'], patterns: { staff: 'AB-\\d{4}' } }],
        ['desk', { outgoing: [], restoreFor: ['send'] }],
      ]),
    });
    const session = { session: 'one' };
    const token = some.forCall('mail', 'read', session)?.outgoing('"a@b.org"') as string;
    const call = some.forCall('desk', 'send', session);
    expect(call?.outgoing('"c@d.org"')).toBe('"c@d.org"');
    expect(call?.incoming(token)).toBe('"a@b.org"');
    expect(call?.outgoing('"sent to a@b.org"')).toBe(`"sent to ${JSON.parse(token)}"`);
    some.endSession(session);
    expect(() => some.forCall('desk', 'send', session)?.incoming(token)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_TOKEN' }),
    );
  });
});
