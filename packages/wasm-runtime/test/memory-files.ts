import { type FileSystem, SandboxError } from '@org/core';

/** A file system in memory; `files` can be read and changed from outside. */
export function memoryFiles(
  initial: Readonly<Record<string, string>> = {},
): FileSystem & { readonly files: Map<string, string> } {
  const files = new Map(Object.entries(initial));
  const missing = (path: string) => new SandboxError('FILE_NOT_FOUND', `There is no ${path}.`);
  return {
    files,
    readFile: async (path) => {
      const text = files.get(path);
      if (text === undefined) throw missing(path);
      return text;
    },
    writeFile: async (path, text) => {
      if (!path.startsWith('/workspace/')) {
        throw new SandboxError('READ_ONLY', `${path} cannot be written.`, {
          hint: 'Use /workspace.',
        });
      }
      files.set(path, text);
    },
    listFiles: async (path) => {
      const prefix = path === '/' ? '/' : `${path}/`;
      const names = [...files.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length).replace(/\/.*$/u, '/'));
      if (names.length === 0) throw missing(path);
      return [...new Set(names)].sort();
    },
  };
}
