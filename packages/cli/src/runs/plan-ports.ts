import type { FileSystem, ToolCaller } from '@org/core';
import type { PlanPorts } from '@org/runs';
import { memoryState } from '@org/wasm-runtime';
import type { Toolbox } from '../toolbox.ts';

/** What a planned program reads from, and a run of its plan acts on. */
export function planPorts(
  opening: Promise<Toolbox>,
  { tools, files }: { readonly tools: ToolCaller; readonly files: FileSystem },
): PlanPorts {
  return {
    tools,
    files,
    state: memoryState(),
    preview: {
      preview: async (call, options) => (await opening).bridge.preview(call, options),
    },
  };
}
