import { parseVfsPath } from '@org/core';
import { describe, expect, test } from 'vitest';
import { createFileSystem, type Workspace } from '../src/index.ts';
import { failure } from './failure.ts';

const path = (text: string) => parseVfsPath(text);

/** What every `Workspace` has to do, as programs see it. @param open an empty one */
export function workspaceContract(name: string, open: () => Workspace): void {
  describe(`Workspace: ${name}`, () => {
    test('is an empty folder at first', async () => {
      const workspace = open();
      const files = createFileSystem({ workspace });
      expect(await files.listFiles(path('/'))).toEqual(['mcp-tools/', 'workspace/']);
      expect(await files.listFiles(path('/workspace'))).toEqual([]);
      expect(workspace.usage()).toEqual({ bytes: 0, entries: 0 });
      expect((await failure(files.readFile(path('a.txt')))).code).toBe('FILE_NOT_FOUND');
    });

    test('gives texts back as they were, in folders that a write makes', async () => {
      const files = createFileSystem({ workspace: open() });
      const text = 'grüße \u{1f600}\0\r\n\u2028';
      await files.writeFile(path('a/b/c.txt'), 'first');
      await files.writeFile(path('a/b/c.txt'), text);
      await files.writeFile(path('a/empty'), '');
      await files.writeFile(path('lone'), '\ud800');
      expect(await files.readFile(path('a/b/c.txt'))).toBe(text);
      expect(await files.readFile(path('a/empty'))).toBe('');
      expect(await files.readFile(path('lone'))).toBe('\ufffd');
      expect(await files.listFiles(path('/workspace'))).toEqual(['a/', 'lone']);
      expect(await files.listFiles(path('a'))).toEqual(['b/', 'empty']);
      expect(await files.listFiles(path('/workspace/**'))).toEqual([
        '/workspace/a/b/c.txt',
        '/workspace/a/empty',
        '/workspace/lone',
      ]);
    });

    test('names mean nothing: case, dots, wildcards of SQL, names of objects', async () => {
      const files = createFileSystem({ workspace: open() });
      const names = ['A', 'a', '%', '_', "'", '"', ';--', '__proto__', 'constructor', 'end.', 'ß'];
      for (const name of names) await files.writeFile(path(`${name}/${name}`), name);
      for (const name of names) {
        expect(await files.readFile(path(`${name}/${name}`))).toBe(name);
        expect(await files.listFiles(path(name))).toEqual([name]);
      }
    });

    test('counts what it holds, and a write that is refused changes nothing', async () => {
      const workspace = open();
      const files = createFileSystem({ workspace, quota: { bytes: 10, files: 4, fileBytes: 6 } });
      await files.writeFile(path('a/b'), 'äää');
      await files.writeFile(path('c'), 'xxx');
      expect(workspace.usage()).toEqual({ bytes: 9, entries: 3 });
      for (const [name, text] of [
        ['c', 'xxxxx'],
        ['new/one/two', ''],
        ['long', 'xxxxxxx'],
        ['a', 'x'],
        ['c/below', 'x'],
      ] as const) {
        expect(['QUOTA_EXCEEDED', 'NOT_A_FILE']).toContain(
          (await failure(files.writeFile(path(name), text))).code,
        );
      }
      expect(workspace.usage()).toEqual({ bytes: 9, entries: 3 });
      await files.writeFile(path('c'), 'x');
      expect(workspace.usage()).toEqual({ bytes: 7, entries: 3 });
      expect(await files.readFile(path('c'))).toBe('x');
    });

    test('of a change that throws nothing stays', async () => {
      const workspace = open();
      const files = createFileSystem({ workspace });
      await files.writeFile(path('kept'), 'yes');
      expect(() =>
        workspace.change(() => {
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(await files.readFile(path('kept'))).toBe('yes');
      expect(await files.listFiles(path('/workspace'))).toEqual(['kept']);
    });
  });
}
