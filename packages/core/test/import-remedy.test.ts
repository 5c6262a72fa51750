import { expect, test } from 'vitest';
import { type FileSystem, importRemedy } from '../src/index.ts';

/** A file system that only has these folders. */
const listing = (folders: Readonly<Record<string, readonly string[]>>) =>
  ({
    listFiles: async (path) => {
      const names = folders[path];
      if (names === undefined) throw new Error(`no ${path}`);
      return [...names];
    },
  }) as Pick<FileSystem, 'listFiles'> as FileSystem;

test('importRemedy() names servers and skills, and what was likely meant', async () => {
  const files = listing({
    '/mcp-tools/servers': ['github/', 'files/'],
    '/mcp-tools/skills': ['find-todos/'],
  });
  expect(await importRemedy(files, './skills/find-todo')).toBe(
    'A program can import servers (./servers/github, ./servers/files), skills (./skills/find-todos) and files by their path (/workspace/…, /mnt/…). Did you mean "./skills/find-todos"?',
  );
  expect(await importRemedy(listing({}), 'lodash')).toBe(
    'A program can import servers (no servers are configured) and files by their path (/workspace/…, /mnt/…).',
  );
});
