import type { FileSystem, ToolCaller, ToolSearch } from '@org/core';
import type { Toolbox } from './toolbox.ts';

/** A toolbox that is still being opened, as what a sandbox needs. */
export function portsOf(opening: Promise<Toolbox>) {
  return {
    tools: {
      callTool: async (...call) => (await opening).bridge.callTool(...call),
    } satisfies ToolCaller,
    files: {
      readFile: async (path) => (await opening).files.readFile(path),
      writeFile: async (path, text) => (await opening).files.writeFile(path, text),
      listFiles: async (path) => (await opening).files.listFiles(path),
    } satisfies FileSystem,
    search: (async (...query) => (await opening).search(...query)) satisfies ToolSearch,
  };
}
