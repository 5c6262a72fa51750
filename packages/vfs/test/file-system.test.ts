import { parseVfsPath, SandboxError, type VfsPath } from '@org/core';
import { describe, expect, test } from 'vitest';
import { createFileSystem } from '../src/index.ts';
import { failure } from './failure.ts';

const path = (text: string) => parseVfsPath(text);
const files = (entries: Record<string, string>): Map<VfsPath, string> =>
  new Map(Object.entries(entries).map(([name, text]) => [path(name), text]));

describe('createFileSystem()', () => {
  test('begins with an empty workspace and an empty /mcp-tools', async () => {
    const fs = createFileSystem();
    expect(await fs.listFiles(path('/'))).toEqual(['mcp-tools/', 'workspace/']);
    expect(await fs.listFiles(path('/workspace'))).toEqual([]);
    expect(await fs.listFiles(path('/mcp-tools'))).toEqual([]);
  });

  test('writeFile() creates folders and replaces, and readFile() gives the text back', async () => {
    const fs = createFileSystem();
    const text = 'grüße \u{1f600}\0\r\n\u2028';
    await fs.writeFile(path('a/b/c.txt'), 'first');
    await fs.writeFile(path('a/b/c.txt'), text);
    await fs.writeFile(path('a/0.txt'), '');
    expect(await fs.readFile(path('/workspace/a/b/c.txt'))).toBe(text);
    expect(await fs.readFile(path('a/0.txt'))).toBe('');
    expect(await fs.listFiles(path('a'))).toEqual(['0.txt', 'b/']);
  });

  test('names are only names: __proto__, constructor, a dot at the end', async () => {
    const fs = createFileSystem();
    for (const name of ['__proto__', 'constructor', 'toString', 'end.', 'con', '~', '$HOME', '*']) {
      await fs.writeFile(path(`${name}/${name}`), name);
      expect(await fs.readFile(path(`${name}/${name}`))).toBe(name);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('nothing of the host is there', async () => {
    const fs = createFileSystem();
    for (const name of ['/etc/passwd', '/proc/self/environ', import.meta.filename, '/tmp']) {
      expect((await failure(fs.readFile(path(name)))).code).toBe('FILE_NOT_FOUND');
      expect((await failure(fs.listFiles(path(name)))).code).toBe('FILE_NOT_FOUND');
      expect((await failure(fs.writeFile(path(name), 'x'))).code).toBe('READ_ONLY');
    }
  });

  test('two file systems share nothing', async () => {
    const [one, other] = [createFileSystem(), createFileSystem()];
    await one.writeFile(path('a'), 'x');
    expect((await failure(other.readFile(path('a')))).code).toBe('FILE_NOT_FOUND');
  });
});

describe('errors', () => {
  test('a missing file is told with the name that was meant and where to look', async () => {
    const fs = createFileSystem();
    await fs.writeFile(path('reports/summary.md'), '');
    const error = await failure(fs.readFile(path('reports/sumary.md')));
    expect(error.code).toBe('FILE_NOT_FOUND');
    expect(error.message).toBe(
      'There is no file /workspace/reports/sumary.md. Did you mean "summary.md"?',
    );
    expect(error.hint).toContain('listFiles("/workspace/reports")');
    expect((await failure(fs.readFile(path('report/summary.md')))).message).toContain('"reports"');
    expect((await failure(fs.listFiles(path('/mcp-tool/servers')))).message).toContain(
      '"mcp-tools"',
    );
  });

  test('a folder is no file and a file is no folder', async () => {
    const fs = createFileSystem();
    await fs.writeFile(path('a/b'), '');
    expect((await failure(fs.readFile(path('a')))).code).toBe('NOT_A_FILE');
    expect((await failure(fs.writeFile(path('a'), ''))).code).toBe('NOT_A_FILE');
    expect((await failure(fs.writeFile(path('/workspace'), ''))).code).toBe('NOT_A_FILE');
    expect((await failure(fs.writeFile(path('a/b/c/d'), ''))).code).toBe('NOT_A_FILE');
    expect((await failure(fs.listFiles(path('a/b')))).code).toBe('FILE_NOT_FOUND');
    expect((await failure(fs.readFile(path('a/b/c')))).code).toBe('FILE_NOT_FOUND');
    expect((await failure(fs.readFile(path('a/b/c/d')))).code).toBe('FILE_NOT_FOUND');
  });

  test('only /workspace can be written', async () => {
    const fs = createFileSystem();
    for (const name of ['/mcp-tools/x', '/mcp-tools', '/', '/x', '/workspace2/x']) {
      const error = await failure(fs.writeFile(path(name), 'x'));
      expect(error.code).toBe('READ_ONLY');
      expect(error.hint).toContain('/workspace');
    }
    expect(await fs.listFiles(path('/'))).toEqual(['mcp-tools/', 'workspace/']);
  });
});

describe('quota', () => {
  const quota = { bytes: 10, files: 3, fileBytes: 6 };

  test('counts bytes of UTF-8, and what an overwritten file gives back', async () => {
    const fs = createFileSystem({ quota });
    await fs.writeFile(path('a'), 'éé'); // 4 bytes
    await fs.writeFile(path('b'), '123456');
    expect((await failure(fs.writeFile(path('c'), '1'))).code).toBe('QUOTA_EXCEEDED');
    await fs.writeFile(path('b'), '1');
    await fs.writeFile(path('c'), '12345');
    expect(await fs.listFiles(path('/workspace'))).toEqual(['a', 'b', 'c']);
  });

  test('a refused write changes nothing', async () => {
    const fs = createFileSystem({ quota });
    await fs.writeFile(path('a'), 'kept');
    expect((await failure(fs.writeFile(path('a'), '1234567'))).code).toBe('QUOTA_EXCEEDED');
    expect((await failure(fs.writeFile(path('x/y/z/b'), ''))).code).toBe('QUOTA_EXCEEDED');
    expect(await fs.readFile(path('a'))).toBe('kept');
    expect(await fs.listFiles(path('/workspace'))).toEqual(['a']);
  });

  test('folders count as files do', async () => {
    const fs = createFileSystem({ quota });
    await fs.writeFile(path('x/y/b'), '');
    expect((await failure(fs.writeFile(path('c'), ''))).message).toContain(
      '4 files and folders of 3',
    );
  });

  test('bounds how deep a path goes', async () => {
    const fs = createFileSystem({ quota: { depth: 3 } });
    await fs.writeFile(path('a/b/c'), '');
    const error = await failure(fs.writeFile(path('a/b/c2/d'), ''));
    expect(error.code).toBe('QUOTA_EXCEEDED');
    expect(error.message).toContain('3 names');
    expect(await fs.listFiles(path('a/b'))).toEqual(['c']);
    const deep = Array(33).fill('x').join('/');
    expect((await failure(createFileSystem().writeFile(path(deep), ''))).code).toBe(
      'QUOTA_EXCEEDED',
    );
  });

  test('concurrent writes cannot pass it together', async () => {
    const fs = createFileSystem({ quota });
    const writes = ['a', 'b', 'c'].map((name) => fs.writeFile(path(name), '12345'));
    const settled = await Promise.allSettled(writes);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  test('the defaults are 16 MiB, 8 MiB a file, 1,000 files', async () => {
    const fs = createFileSystem();
    const eight = 'x'.repeat(8 * 1024 * 1024);
    expect((await failure(fs.writeFile(path('a'), `${eight}x`))).code).toBe('QUOTA_EXCEEDED');
    await fs.writeFile(path('a'), eight);
    await fs.writeFile(path('b'), eight);
    expect((await failure(fs.writeFile(path('c'), 'x'))).code).toBe('QUOTA_EXCEEDED');
    for (let index = 2; index < 1_000; index++) await fs.writeFile(path(`f${index}`), '');
    expect((await failure(fs.writeFile(path('one-more'), ''))).code).toBe('QUOTA_EXCEEDED');
  });
});

describe('publish()', () => {
  test('adds files that programs can read and not write', async () => {
    const fs = createFileSystem();
    fs.publish(files({ '/mcp-tools/servers/a/index.ts': 'export {};' }));
    expect(await fs.readFile(path('/mcp-tools/servers/a/index.ts'))).toBe('export {};');
    const write = fs.writeFile(path('/mcp-tools/servers/a/index.ts'), 'x');
    expect((await failure(write)).code).toBe('READ_ONLY');
  });

  test('takes all files or none', async () => {
    const fs = createFileSystem();
    const wrong: [Record<string, string>, string][] = [
      [{ '/mcp-tools/a': '', '/workspace/b': '' }, 'INVALID_PATH'],
      [{ '/mcp-tools/a': '', '/mcp-tools': '' }, 'INVALID_PATH'],
      [{ '/mcp-tools/a': '', '/mcp-tools/a/b': '' }, 'NOT_A_FILE'],
      [{ '/mcp-tools/a/b': '', '/mcp-tools/a': '' }, 'NOT_A_FILE'],
    ];
    for (const [entries, code] of wrong) {
      expect((await failure(() => fs.publish(files(entries)))).code).toBe(code);
    }
    expect(await fs.listFiles(path('/mcp-tools'))).toEqual([]);
  });
});

describe('lazy folders', () => {
  function lazy(load: () => Promise<Map<VfsPath, string>>) {
    return createFileSystem({ lazyFolders: new Map([[path('/mcp-tools/servers/github'), load]]) });
  }
  const made = () => files({ '/mcp-tools/servers/github/index.ts': 'made' });

  test('show in their parent without being loaded, and load when something in them is wanted', async () => {
    let loads = 0;
    const fs = lazy(async () => {
      loads++;
      return made();
    });
    expect(await fs.listFiles(path('/mcp-tools/servers'))).toEqual(['github/']);
    expect(
      (await failure(fs.readFile(path('/mcp-tools/servers/githab/index.ts')))).message,
    ).toContain('"github"');
    expect(loads).toBe(0);
    const [text, again, names] = await Promise.all([
      fs.readFile(path('/mcp-tools/servers/github/index.ts')),
      fs.readFile(path('/mcp-tools/servers/github/index.ts')),
      fs.listFiles(path('/mcp-tools/servers/github')),
    ]);
    expect([text, again, names]).toEqual(['made', 'made', ['index.ts']]);
    await fs.listFiles(path('/mcp-tools/servers/github'));
    expect(loads).toBe(1);
  });

  test('a failed load reaches each reader and is tried again', async () => {
    let loads = 0;
    const fs = lazy(async () => {
      if (++loads === 1) throw new SandboxError('SERVER_UNAVAILABLE', 'It is down.');
      return made();
    });
    const reads = [1, 2].map(() =>
      failure(fs.readFile(path('/mcp-tools/servers/github/index.ts'))),
    );
    expect((await Promise.all(reads)).map(({ message }) => message)).toEqual([
      'It is down.',
      'It is down.',
    ]);
    expect(loads).toBe(1);
    expect(await fs.readFile(path('/mcp-tools/servers/github/index.ts'))).toBe('made');
  });

  test("another fault's text does not reach the reader", async () => {
    const fs = lazy(async () => {
      throw new Error('ENOENT: /home/me/secret');
    });
    const error = await failure(fs.listFiles(path('/mcp-tools/servers/github')));
    expect([error.code, error.message]).toEqual([
      'INTERNAL',
      'Cannot load /mcp-tools/servers/github.',
    ]);
  });

  test('a loader cannot make files elsewhere', async () => {
    const fs = lazy(async () => files({ '/mcp-tools/servers/other/index.ts': '' }));
    expect((await failure(fs.listFiles(path('/mcp-tools/servers/github')))).code).toBe('INTERNAL');
    expect(await fs.listFiles(path('/mcp-tools/servers'))).toEqual(['github/']);
  });

  test('a lazy file is listed at once, and made when it is read', async () => {
    let loads = 0;
    const load = async () => `made ${++loads}`;
    const fs = createFileSystem({ lazyFiles: new Map([[path('/mcp-tools/README.md'), load]]) });
    expect(await fs.listFiles(path('/mcp-tools'))).toEqual(['README.md']);
    expect(loads).toBe(0);
    expect(await fs.readFile(path('/mcp-tools/README.md'))).toBe('made 1');
    expect(await fs.readFile(path('/mcp-tools/README.md'))).toBe('made 1');
    const elsewhere = new Map([[path('/workspace/x'), load]]);
    expect((await failure(() => createFileSystem({ lazyFiles: elsewhere }))).code).toBe(
      'INVALID_PATH',
    );
  });

  test('must lie below /mcp-tools', async () => {
    const lazyFolders = new Map([[path('/workspace/x'), async () => files({})]]);
    expect((await failure(() => createFileSystem({ lazyFolders }))).code).toBe('INVALID_PATH');
  });
});

describe('tree()', () => {
  test('draws all folders, lazy ones loaded, broken ones with the reason', async () => {
    const fs = createFileSystem({
      lazyFolders: new Map([
        [
          path('/mcp-tools/servers/a'),
          async () =>
            files({ '/mcp-tools/servers/a/index.ts': '', '/mcp-tools/servers/a/x.ts': '' }),
        ],
        [
          path('/mcp-tools/servers/b'),
          async () => Promise.reject(new SandboxError('SERVER_UNAVAILABLE', 'It is down.')),
        ],
      ]),
    });
    fs.publish(files({ '/mcp-tools/globals.d.ts': '' }));
    await fs.writeFile(path('notes/one.md'), '');
    expect(await fs.tree()).toBe(
      [
        '/',
        '├── mcp-tools/',
        '│   ├── globals.d.ts',
        '│   └── servers/',
        '│       ├── a/',
        '│       │   ├── index.ts',
        '│       │   └── x.ts',
        '│       └── b/ (It is down.)',
        '└── workspace/',
        '    └── notes/',
        '        └── one.md',
        '',
      ].join('\n'),
    );
    expect(await fs.tree(path('/workspace'))).toBe('/workspace\n└── notes/\n    └── one.md\n');
    expect((await failure(fs.tree(path('/nope')))).code).toBe('FILE_NOT_FOUND');
  });
});
