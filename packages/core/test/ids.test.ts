import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseServerId,
  parseSkillId,
  parseToolName,
  parseVfsPath,
  SandboxError,
  toolsRoot,
} from '../src/index.ts';

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof SandboxError) return error.code;
    throw error;
  }
  return undefined;
}

describe('parseSkillId()', () => {
  test.each(['a', 'weekly-report', '7', 'a1-b2-c3', 'x'.repeat(64), 'com', 'console'])(
    'takes %s',
    (name) => {
      expect(parseSkillId(name)).toBe(name);
    },
  );

  test.each([
    ...['', '../x', 'a/b', 'a.b', 'A', 'a_b', '-a', 'a-', 'a--b', 'a b', 'a\n', 'x'.repeat(65)],
    ...[
      'x'.repeat(300),
      'con',
      'aux',
      'nul',
      'prn',
      'com1',
      'lpt9',
      'é',
      'e\u0301',
      'ａ',
      '.',
      '..',
    ],
    ...['a\u0000', '__proto__', 'CON', 'aux.ts', 'a.'],
  ])('refuses %j', (name) => {
    expect(codeOf(() => parseSkillId(name))).toBe('INVALID_NAME');
  });
});

describe('parseVfsPath()', () => {
  test.each([
    ['notes.txt', '/workspace/notes.txt'],
    ['./a/./b', '/workspace/a/b'],
    ['a/../b', '/workspace/b'],
    ['../mcp-tools/servers', '/mcp-tools/servers'],
    ['/', '/'],
    ['', '/workspace'],
    ['//a///b//', '/a/b'],
    ['/a/..', '/'],
    ['.hidden', '/workspace/.hidden'],
    ['...', '/workspace/...'],
    ['a b/ü/日本', '/workspace/a b/ü/日本'],
    ['/cafe\u0301', '/caf\u00e9'],
    ['/proc/self/environ', '/proc/self/environ'],
    ['50%', '/workspace/50%'],
    ['a%20b', '/workspace/a%20b'],
  ])('%j is %s', (text, path) => {
    expect(parseVfsPath(text)).toBe(path);
  });

  test.each([
    ['..'.concat('/..'), 'leaves the root'],
    ['/..', 'leaves the root'],
    ['/a/../../b', 'leaves the root'],
    ['a\\b', 'a backslash'],
    ['..\\..\\etc', 'a backslash'],
    ['file:///etc/passwd', 'a URL'],
    ['FILE:/etc/passwd', 'a URL'],
    ['C:/Windows', 'a drive letter'],
    ['node:fs', 'a URL'],
    ['data:text/plain,x', 'a URL'],
    ['%2e%2e/x', 'an encoded separator'],
    ['a%2Fb', 'an encoded separator'],
    ['a%5cb', 'an encoded separator'],
    ['a%00b', 'an encoded separator'],
    ['a\0b', 'control'],
    ['a\nb', 'control'],
    ['a\u200bb', 'invisible'],
    ['a\u202eb', 'invisible'],
    ['a\u2028b', 'invisible'],
    ['\ufeffa', 'invisible'],
    ['\ud800', 'invisible'],
    ['\uff0e\uff0e/x', 'looks like'],
    ['\u2025/x', 'looks like'],
    ['\u2024', 'looks like'],
    ['a\uff0fb', 'looks like'],
    ['a\uff3cb', 'looks like'],
    ['\u2100', 'looks like'],
    ['x'.repeat(1025), 'over 1024 characters'],
  ])('%j is refused: %s', (text, why) => {
    expect(codeOf(() => parseVfsPath(text))).toBe('INVALID_PATH');
    expect(() => parseVfsPath(text)).toThrow(why);
  });

  test('a refused path is shown short, whatever its length', () => {
    expect(() => parseVfsPath('\\'.repeat(1000))).toThrow(/^.{0,300}$/su);
  });

  test('a relative path begins at the base that is given', () => {
    expect(parseVfsPath('./servers/x', toolsRoot)).toBe('/mcp-tools/servers/x');
    expect(parseVfsPath('/workspace/x', toolsRoot)).toBe('/workspace/x');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '\0',
      'a',
      'b.ts',
      '：',
      '．',
      '／',
      '‥',
      'C:',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const hostilePath = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  test('what it gives is absolute, without empty, dot or dot-dot segments, and normal', () => {
    fc.assert(
      fc.property(hostilePath, (text) => {
        let path: string;
        try {
          path = parseVfsPath(text);
        } catch (error) {
          expect((error as SandboxError).code).toBe('INVALID_PATH');
          return;
        }
        expect(path.startsWith('/')).toBe(true);
        if (path !== '/') {
          for (const segment of path.slice(1).split('/')) {
            expect(['', '.', '..']).not.toContain(segment);
          }
        }
        expect(path).not.toMatch(/[\\\0]/u);
        expect(path).toBe(path.normalize('NFC'));
      }),
      { numRuns: 2000 },
    );
  });

  test('parsing what it gave changes nothing', () => {
    fc.assert(
      fc.property(hostilePath, (text) => {
        let path: string | undefined;
        try {
          path = parseVfsPath(text);
        } catch {
          return;
        }
        expect(parseVfsPath(path)).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});

describe.each([
  ['parseServerId()', parseServerId],
  ['parseToolName()', parseToolName],
])('%s', (_, parse) => {
  test.each([
    'a',
    'GitHub',
    'my server',
    'größe',
    '日本',
    '__proto__',
    'constructor',
    '../x',
    'x'.repeat(128),
  ])('keeps %j as it is', (text) => {
    expect(parse(text)).toBe(text);
  });

  test.each([
    '',
    'x'.repeat(129),
    'a\0',
    'a\n',
    '\u001b[31m',
    'a\u200d',
    'a\u202e',
    'a\u2028',
    'a\u{e0061}',
    '\ud83d',
    '\u009b',
    '\ufeff',
    '\ue000',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parse(text))).toBe('INVALID_NAME');
  });

  test('never shows an invisible character in its message', () => {
    expect(() => parse('a\u001b[31mb')).toThrow(/^[^\u001b]*$/u);
  });
});

describe('what a refused name is told as', () => {
  const told = (parse: () => unknown): string => {
    try {
      parse();
    } catch (error) {
      return (error as Error).message;
    }
    return 'not refused';
  };

  test('shows what cannot be seen as code points, each of it', () => {
    expect(told(() => parseServerId('a\u200bb\u{e0041}'))).toBe(
      'A server name must not contain control or invisible characters: "a\\u{200b}b\\u{e0041}".',
    );
    expect(told(() => parseVfsPath('x\u202e'))).toContain('the path "x\\u{202e}": it contains');
  });

  test('is cut behind 80 characters', () => {
    const name = 'N'.repeat(80);
    expect(told(() => parseSkillId(name))).toBe(`A skill cannot be named "${name}".`);
    expect(told(() => parseSkillId(`${name}N`))).toBe(`A skill cannot be named "${name}…".`);
    const path = `/${'\\'.repeat(79)}`;
    const shown = JSON.stringify(path).slice(0, -1);
    expect(told(() => parseVfsPath(path))).toContain(`Cannot use the path ${shown}":`);
    expect(told(() => parseVfsPath(`${path}\\`))).toContain(`Cannot use the path ${shown}…":`);
    expect(told(() => parseVfsPath('a\\b'))).toContain('Cannot use the path "a\\\\b":');
  });

  test('is why: what marks no tool, a device, a length', () => {
    expect(told(() => parseToolName('@a'))).toBe('A tool name must not begin with @.');
    expect(parseToolName('a@')).toBe('a@');
    for (const name of ['con', 'com1', 'lpt9', 'nul']) {
      expect(told(() => parseSkillId(name))).toContain('cannot be named');
    }
    for (const name of ['falcon', 'icon', 'com1x', 'console', 'a-nul']) {
      expect(parseSkillId(name)).toBe(name);
    }
    expect(parseVfsPath('x'.repeat(1024))).toHaveLength(1024 + '/workspace/'.length);
    expect(told(() => parseVfsPath('x'.repeat(1025)))).toContain('it has over 1024 characters');
    expect(parseVfsPath('a/c:x')).toBe('/workspace/a/c:x');
    expect(told(() => parseVfsPath('c:x'))).toContain('it is a URL or has a drive letter');
  });
});
