import {
  type Approver,
  type CallContext,
  type CallOptions,
  type FileSystem,
  type PreviewedCall,
  type RecordedRun,
  SandboxError,
  type StateStore,
  type ToolCall,
  type ToolCaller,
  type ToolCallOutcome,
  toCallError,
} from '@org/core';
import type { ExtensionGate, TimedStep } from '@org/wasm-runtime';
import type { ActingPorts, PlanPorts } from './acting-ports.ts';
import { paramsOf } from './effects.ts';
import { type GrantedEffect, GrantedEffects } from './granted-effects.ts';
import type { Plan } from './plan.ts';
import { timesIn } from './planned-times.ts';

export interface GrantOptions extends PlanPorts {
  /**
   * Asked about effects of which the plan could not tell what they would be. Left out: they are
   * refused.
   */
  readonly approver?: Approver;
  /** What the run has done before it was interrupted. */
  readonly recorded?: RecordedRun;
}

/** The ports of a run that carries out a plan. */
export interface PlanGrant {
  readonly tools: ToolCaller;
  readonly files: FileSystem;
  readonly state: StateStore;
  readonly onExtensionCall: ExtensionGate;
  /** With these, answers go in as they did while the program was planned, and its clock shows those times. */
  readonly timetable: readonly TimedStep[];
  /** Whether a call that has passed `tools` is one of the plan's: a person has approved it with that. */
  isApproved(runId: string, callId: number): boolean;
}

/**
 * Lets a run have the effects of an approved plan, each once, and read. All else is refused with
 * `NOT_IN_PLAN`. An effect is the planned one when server, tool, definition and parameters are equal,
 * with real answers in the places of those that the plan made up. The operator's policy holds beside.
 */
export function planGrant(plan: Plan, options: GrantOptions): PlanGrant {
  const { tools, preview, files, state, approver, recorded, programs } = options;
  const granted = new GrantedEffects(plan);
  if (recorded !== undefined) granted.restore(recorded);
  /** Calls that are let through, by run too: what they run has calls of its own. */
  const approved = new Set<string>();

  const write = (
    by: readonly string[],
    tool: 'writeFile' | 'setState',
    params: Record<string, string>,
  ) => {
    const kind = tool === 'writeFile' ? 'file' : 'state';
    const taken = granted.take({ kind, by, tool, params });
    if (taken.match === 'exact') return;
    granted.giveBack(taken, undefined);
    throw unclear(`This ${tool}`);
  };

  const approve = async (call: ToolCall, met: PreviewedCall, callOptions: CallOptions) => {
    if (approver === undefined) throw unclear('This call');
    const { server, tool, paramsJson } = call;
    const { context, signal } = callOptions;
    const definitionDigest = met.tool.digest;
    const request = { server, tool, paramsJson, definitionDigest, ...(context && { context }) };
    const answer = await approver.approve(request, { signal });
    if (answer === 'no') {
      throw new SandboxError('NOT_ALLOWED', 'The operator did not approve this call.', {
        hint: 'Do without it; do not make the same call again.',
      });
    }
  };

  const actingBy = (by: readonly string[], path: readonly number[]): ActingPorts => ({
    tools: {
      ...(tools.tellsSent && { tellsSent: tools.tellsSent }),
      async callTool(call, callOptions) {
        let taken: GrantedEffect | undefined;
        // Only calls of the program itself are taken back and made again; others have ids of their own.
        const callId = by.length === 0 ? callOptions.context?.callId : undefined;
        try {
          const met = await preview.preview(call, callOptions);
          if (!met.readOnly) {
            const { server, tool } = call;
            const params = paramsOf(call.paramsJson) ?? {};
            const definitionDigest = met.tool.digest;
            const made = { kind: 'call', by, server, tool, params, definitionDigest } as const;
            taken = granted.take(made, callId);
            if (taken.match === 'asks') await approve(call, met, callOptions);
          }
        } catch (error) {
          if (taken !== undefined) granted.giveBack(taken, callId);
          return notSent(error);
        }
        if (taken !== undefined) approved.add(callKey(callOptions.context));
        const outcome = await tools.callTool(call, callOptions);
        if (taken !== undefined && outcome.status === 'done') {
          granted.answered(taken, JSON.parse(outcome.json));
        }
        return outcome;
      },
    },
    files: {
      readFile: (path) => files.readFile(path),
      listFiles: (path) => files.listFiles(path),
      writeFile: async (path, text) => {
        write(by, 'writeFile', { path, text });
        await files.writeFile(path, text);
      },
    },
    state: {
      get: (key) => state.get(key),
      set: async (key, json) => {
        write(by, 'setState', { key, json });
        await state.set(key, json);
      },
    },
    timing: { timetable: timesIn(plan, path) },
    within: (name, callId) => actingBy([...by, name], [...path, callId]),
  });

  const acting = actingBy([], []);
  return {
    tools: programs?.(acting, plan.program) ?? acting.tools,
    files: acting.files,
    state: acting.state,
    onExtensionCall: async ({ name, args, readOnly }, carryOut) => {
      if (!readOnly) {
        const made = { kind: 'extension', tool: name, params: { args: [...args] } } as const;
        const taken = granted.take(made);
        if (taken.match === 'asks') {
          granted.giveBack(taken, undefined);
          throw unclear('This call');
        }
      }
      return carryOut();
    },
    timetable: timesIn(plan, []),
    isApproved: (runId, callId) => approved.has(callKey({ runId, callId })),
  };
}

function callKey({ runId, callId }: CallContext = {}): string {
  return JSON.stringify([runId, callId]);
}

const refusals = new Set(['NOT_IN_PLAN', 'NOT_ALLOWED', 'APPROVAL_REQUIRED']);

function notSent(error: unknown): ToolCallOutcome {
  const refused = error instanceof SandboxError && refusals.has(error.code);
  return { status: refused ? 'refused' : 'failed', error: toCallError(error) };
}

function unclear(what: string): SandboxError {
  return new SandboxError(
    'NOT_IN_PLAN',
    `${what} depends on an earlier answer in a way that the approved plan cannot tell.`,
    { hint: 'Do without it, or ask the operator to run the program with approvals.' },
  );
}
