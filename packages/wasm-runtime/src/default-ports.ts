import {
  type FileSystem,
  SandboxError,
  type StateStore,
  type ToolCaller,
  type ToolSearch,
  type VfsPath,
} from '@org/core';

/** What a sandbox has when its maker named nothing else. */

export const noTools: ToolCaller = {
  callTool: async () => ({
    status: 'failed',
    error: { code: 'UNKNOWN_SERVER', message: 'This sandbox has no servers.', retryable: false },
  }),
};

const missing = async (path: VfsPath): Promise<never> => {
  throw new SandboxError('FILE_NOT_FOUND', `There is no ${path}: this sandbox has no files.`);
};

export const noFiles: FileSystem = { readFile: missing, writeFile: missing, listFiles: missing };

export const noSearch: ToolSearch = async () => ({
  hits: [],
  imports: [],
  found: 0,
  note: 'There are no tools.',
});

const maxStateChars = 4 * 1024 * 1024;

/** State in memory, at most 4 Mi characters of keys and JSON together. */
export function memoryState(): StateStore {
  const values = new Map<string, string>();
  let chars = 0;
  return {
    get: async (key) => values.get(key),
    set: async (key, json) => {
      const before = values.get(key);
      const after =
        chars - (before === undefined ? 0 : key.length + before.length) + key.length + json.length;
      if (after > maxStateChars) {
        throw new SandboxError('QUOTA_EXCEEDED', 'The state of this session would exceed 4 MiB.', {
          hint: 'Set keys that are no longer needed to null.',
        });
      }
      chars = after;
      values.set(key, json);
    },
  };
}
