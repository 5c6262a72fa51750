import { canonicalJson, type HostCall, type RecordedCall } from '@org/core';
import type { Program, Sandbox } from '@org/wasm-runtime';
import { notResumable, parseKept, stillRunning } from '../parse-kept.ts';
import type { RunStore } from '../run-store.ts';
import type { StartOptions } from '../runs.ts';

export interface FixOptions {
  /**
   * Decides on calls of the earlier run that were sent and never answered, where the edited program
   * makes them again: `send` makes them, `fail` gives the program a `CALL_UNKNOWN` failure. Default:
   * what a person has decided about them (`RunStore.asks`), else `fail`.
   */
  readonly onUnknown?: (call: HostCall) => 'send' | 'fail' | Promise<'send' | 'fail'>;
  /**
   * Whether a tool call that its server answered with a failure is made again; it may have had a part
   * of its effect. Default: none, they fail as they did. Calls that failed before they were sent are
   * made again in any case.
   */
  readonly mayRetry?: (call: HostCall) => boolean;
}

/** What an edited program made of an earlier run's record. */
export interface FixReport {
  readonly runId: string;
  /** The earlier run. */
  readonly parentRunId: string;
  /** Calls that took a recorded answer; they were not carried out. */
  readonly reused: number;
  /** Calls that have no recorded answer, and were carried out. */
  readonly made: number;
  /** The first call that the earlier run did not make. Left out: there is none. */
  readonly firstDifference?: HostCall;
  /** Recorded calls that the edited program has not made, in their order. */
  readonly notMade: readonly RecordedCall[];
  /**
   * Recorded calls that were sent and never answered, and that the edited program made: they were sent
   * again or failed, as was decided.
   */
  readonly unknown: readonly RecordedCall[];
}

/** An edited program's use of an earlier run. */
export interface Fix {
  /**
   * For `Runs.start` of the edited program: what the earlier run had, and its answers. Add the ports.
   */
  readonly options: StartOptions;
  /**
   * The earlier run's own program, to be run again as it was: calls that failed before they were sent
   * are made, and all others take their recorded answers.
   * @throws SandboxError `RUN_NOT_RESUMABLE` for one of another engine, or that never began
   */
  program(sandbox: Sandbox): Program;
  /**
   * Of the run that was started with `options`, once it has ended or is suspended.
   * @throws SandboxError `RUN_NOT_FOUND`
   */
  report(runId: string): FixReport;
}

/**
 * Lets an edited program take the answers of an earlier run. Calls of equal content take them in
 * their order, wherever they are made, so that no write is repeated; all others are carried out. Host
 * functions like `readFile` take recorded answers too.
 * @throws SandboxError `RUN_NOT_FOUND`; `RUN_BUSY` while it runs; `RUN_NOT_RESUMABLE` when its journal
 * has passed the cap, because calls that are not recorded would be made again
 */
export function openFix(store: RunStore, runId: string, options: FixOptions = {}): Fix {
  const kept = store.read(runId);
  if (kept.status === 'running') throw stillRunning(runId);
  if (kept.incomplete) {
    throw notResumable(runId, 'its journal has passed the cap', 'Run the edited program anew.');
  }
  const decided = new Map(
    store
      .asks(runId)
      .map(({ kind, callId, decision }) => [
        callId,
        kind === 'unknown' && decision?.verdict === 'approved' ? ('send' as const) : undefined,
      ]),
  );
  const { onUnknown = ({ id }) => decided.get(id) ?? 'fail', mayRetry = () => false } = options;
  const { name, entry, args, seed, startTime, limits, session, principal } = kept.run;
  const calls = kept.recorded.calls.filter((call) => !isMadeAgain(call, mayRetry));
  return {
    options: {
      ...{ name, args, seed, startTime },
      ...(entry !== undefined && { entry }),
      ...(limits && { limits }),
      ...(session !== undefined && { session }),
      ...(principal !== undefined && { principal }),
      parent: { runId, as: 'fix' },
      recorded: { run: { ...kept.recorded, calls }, match: 'content', onUnknown },
    },
    program: (sandbox) => parseKept(sandbox, kept).program,
    report: (fixed) => reportOf(calls, store.read(fixed).recorded.calls, fixed, runId),
  };
}

/** A tool call that failed, and whose failure the edited program shall not meet again. */
function isMadeAgain(call: RecordedCall, mayRetry: (call: HostCall) => boolean): boolean {
  if (call.name !== 'callTool' || call.answer === undefined || call.answer.ok) return false;
  return !call.sent || mayRetry(call);
}

function reportOf(
  before: readonly RecordedCall[],
  after: readonly RecordedCall[],
  runId: string,
  parentRunId: string,
): FixReport {
  const left = Map.groupBy(before, contentOf);
  const unknown: RecordedCall[] = [];
  let firstDifference: HostCall | undefined;
  let reused = 0;
  for (const call of after) {
    const recorded = left.get(contentOf(call))?.shift();
    if (recorded === undefined) firstDifference ??= call;
    else if (recorded.answer !== undefined) reused++;
    else if (recorded.sent) unknown.push(recorded);
  }
  const made = after.length - reused - unknown.length;
  const notMade = [...left.values()].flat().sort((one, other) => one.id - other.id);
  return {
    ...{ runId, parentRunId, reused, made, notMade, unknown },
    ...(firstDifference && {
      firstDifference: {
        id: firstDifference.id,
        name: firstDifference.name,
        args: firstDifference.args,
      },
    }),
  };
}

/** Equal for calls that take each other's answers. */
function contentOf({ name, args }: HostCall): string {
  const [server = '', tool = '', params = ''] = args;
  if (name !== 'callTool') return JSON.stringify([name, ...args]);
  try {
    return JSON.stringify([name, server, tool, canonicalJson(JSON.parse(params))]);
  } catch {
    return JSON.stringify([name, server, tool, params]);
  }
}
