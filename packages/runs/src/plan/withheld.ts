import {
  type CallPreviewer,
  type FileSystem,
  type PreviewedCall,
  SandboxError,
  type StateStore,
  type ToolCall,
  type ToolCaller,
  type ToolCallOutcome,
  toCallError,
  type VfsPath,
} from '@org/core';
import type { ActingPorts, PlanPorts } from './acting-ports.ts';
import { type Effects, paramsOf } from './effects.ts';
import type { PlannedEffect } from './plan.ts';
import type { TimesKeeper } from './planned-times.ts';

/** Programs that call each other, as their effects have it; none for the planned one itself. */
type By = Pick<PlannedEffect, 'by'>;

/** What a planned program acts on: reads go through, all else is listed. */
export function withheldPorts(
  { tools, preview, files, state }: PlanPorts,
  effects: Effects,
  times: TimesKeeper,
): ActingPorts {
  const written = new Map<VfsPath, string>();
  const set = new Map<string, string>();
  const actingBy = (by: readonly string[], path: readonly number[]): ActingPorts => {
    const own = by.length === 0 ? {} : { by };
    return {
      tools: withheldCalls(tools, preview, effects, own),
      files: withheldFiles(files, written, effects, own),
      state: withheldState(state, set, effects, own),
      timing: { journal: times.journal(path) },
      within: (name, callId) => actingBy([...by, name], [...path, callId]),
    };
  };
  return actingBy([], []);
}

/**
 * `tools` without those that may write: their calls are listed, and answered with what fits the
 * tool's output schema. Where none can be made, the program stops. Reads go through, unless they ask
 * for what was made up.
 */
function withheldCalls(
  tools: ToolCaller,
  previewer: CallPreviewer,
  effects: Effects,
  by: By,
): ToolCaller {
  const looking = new Set<Promise<unknown>>();

  /** Calls that were made at the same time are listed before the program stops. */
  const stopAt = async (call: ToolCall, because: string): Promise<void> => {
    await Promise.allSettled(looking);
    const { server, tool, paramsJson } = call;
    effects.end({ call: { server, tool, params: paramsOf(paramsJson) ?? null }, because });
  };

  const withhold = (
    place: number,
    call: ToolCall,
    met: PreviewedCall,
  ): ToolCallOutcome | string => {
    const { server, tool, paramsJson } = call;
    const params = paramsOf(paramsJson) ?? {};
    const madeUp = met.readOnly && effects.dependsOnMadeUp(params);
    if (met.readOnly) effects.read(server, tool, madeUp);
    else {
      const definitionDigest = met.tool.digest;
      const effect = { kind: 'call', ...by, server, tool, params, definitionDigest } as const;
      const added = effects.add(place, effect);
      if (!added) return 'The plan is full.';
    }
    if (met.resultSchema === undefined) return 'The tool has no output schema to answer from.';
    const stub = effects.answer(place, met.resultSchema);
    if (!stub.made) return `No answer can be made: ${stub.because}.`;
    return { status: 'done', json: JSON.stringify(stub.value), cached: false };
  };

  return {
    async callTool(call, options) {
      const place = effects.take();
      if (effects.stop !== undefined) return await untilAborted(options.signal);
      const look = previewer.preview(call, options);
      looking.add(look);
      let met: PreviewedCall;
      try {
        met = await look;
      } catch (error) {
        return { status: 'failed', error: toCallError(error) };
      } finally {
        looking.delete(look);
      }
      const params = met.readOnly ? paramsOf(call.paramsJson) : undefined;
      if (params !== undefined && !effects.dependsOnMadeUp(params)) {
        effects.read(call.server, call.tool, false);
        return await tools.callTool(call, options);
      }
      const answer = withhold(place, call, met);
      if (typeof answer !== 'string') return answer;
      await stopAt(call, answer);
      return await untilAborted(options.signal);
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<ToolCallOutcome> {
  const { promise, resolve } = Promise.withResolvers<ToolCallOutcome>();
  const error = toCallError(new SandboxError('ABORTED', 'The plan ends before this call.'));
  const end = () => resolve({ status: 'failed', error });
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return promise;
}

/** `files` as the program would find them: what it writes is listed, and read back from memory. */
function withheldFiles(
  files: FileSystem,
  written: Map<VfsPath, string>,
  effects: Effects,
  by: By,
): FileSystem {
  return {
    readFile: async (path) => written.get(path) ?? (await files.readFile(path)),
    writeFile: async (path, text) => {
      effects.add(effects.take(), {
        kind: 'file',
        ...by,
        tool: 'writeFile',
        params: { path, text },
      });
      written.set(path, text);
    },
    listFiles: async (path) => {
      const own = [...written.keys()].flatMap((one) => nameWithin(path, one));
      try {
        return [...new Set([...(await files.listFiles(path)), ...own])].sort();
      } catch (error) {
        if (own.length === 0) throw error;
        return [...new Set(own)].sort();
      }
    },
  };
}

/** The name of a file, or of the folder that has it, directly in `folder`. */
function nameWithin(folder: string, path: string): readonly string[] {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  if (!path.startsWith(prefix)) return [];
  const [name = '', ...rest] = path.slice(prefix.length).split('/');
  return [rest.length > 0 ? `${name}/` : name];
}

/** `state` likewise. */
function withheldState(
  state: StateStore,
  set: Map<string, string>,
  effects: Effects,
  by: By,
): StateStore {
  return {
    get: async (key) => set.get(key) ?? (await state.get(key)),
    set: async (key, json) => {
      effects.add(effects.take(), {
        kind: 'state',
        ...by,
        tool: 'setState',
        params: { key, json },
      });
      set.set(key, json);
    },
  };
}
