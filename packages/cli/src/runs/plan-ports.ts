import type { FileSystem } from '@org/core';
import type { PlanPorts } from '@org/runs';
import { memoryState, type Sandbox } from '@org/wasm-runtime';
import type { Toolbox } from '../toolbox.ts';

/**
 * What a planned program reads from, and a run of its plan acts on.
 * @param sandbox gives the one in which programs have skills run
 */
export function planPorts(
  opening: Promise<Toolbox>,
  { files }: { readonly files: FileSystem },
  sandbox: () => Promise<Sandbox>,
): PlanPorts {
  return {
    tools: {
      tellsSent: true,
      callTool: async (call, options) => (await opening).bridge.callTool(call, options),
    },
    files,
    state: memoryState(),
    preview: {
      preview: async (call, options) => (await opening).bridge.preview(call, options),
    },
    programs: (acting, { seed, startTime }) => ({
      tellsSent: true,
      callTool: async (call, options) => {
        if (call.server !== 'skills') return acting.tools.callTool(call, options);
        const { serversOf } = await import('../skills/call-skill.ts');
        const planned = { acting, seed, startTime };
        const caller = { toolbox: await opening, sandbox: await sandbox(), planned };
        return serversOf(caller).callTool(call, options);
      },
    }),
  };
}
