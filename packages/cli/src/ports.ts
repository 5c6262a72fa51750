import type { FileSystem, ToolCaller, ToolSearch } from '@org/core';
import type { Sandbox } from '@org/wasm-runtime';
import type { Toolbox } from './toolbox.ts';

/**
 * A toolbox that is still being opened, as what a sandbox needs.
 * @param sandbox gives that sandbox, in which programs have skills run; without it they have none
 */
export function portsOf(opening: Promise<Toolbox>, sandbox?: () => Promise<Sandbox>) {
  return {
    tools: {
      tellsSent: true,
      callTool: async (call, options) => {
        const toolbox = await opening;
        if (sandbox === undefined || call.server !== 'skills') {
          return toolbox.bridge.callTool(call, options);
        }
        const { serversOf } = await import('./skills/call-skill.ts');
        return serversOf({ toolbox, sandbox: await sandbox() }).callTool(call, options);
      },
    } satisfies ToolCaller,
    files: {
      readFile: async (path) => (await opening).files.readFile(path),
      writeFile: async (path, text) => (await opening).files.writeFile(path, text),
      listFiles: async (path) => (await opening).files.listFiles(path),
    } satisfies FileSystem,
    search: (async (...query) => (await opening).search(...query)) satisfies ToolSearch,
  };
}
