import type { CallRecord, HostCall, RecordedCall, RunOutcome } from '@org/core';
import { nothingUsed } from '@org/core';
import type { Ask } from './ask.ts';
import type { KeptRun, RunStore } from './run-store.ts';

/**
 * What becomes of calls that were sent and never answered. Those that `mayRetry` permits are sent
 * again, but with `fail`. The others: `ask` leaves the run suspended until each is decided; with
 * `retry` and `fail` the program gets a `CALL_UNKNOWN` failure.
 */
export type UnknownCalls = 'ask' | 'retry' | 'fail';

type Decide = (call: RecordedCall) => 'send' | 'fail';

/** Calls of `kept` that have to be decided on before it can go on. */
export function openQuestions(
  kept: KeptRun,
  asks: readonly Ask[],
  mayRetry: (call: HostCall) => boolean,
): readonly RecordedCall[] {
  return unknownCalls(kept).filter(
    (call) => !mayRetry(call) && decisionOn(call, kept, asks) === undefined,
  );
}

/** Decides on each unknown call as `policy` says; with `ask`, after each open question is decided. */
export function decideUnknown(
  policy: UnknownCalls,
  kept: KeptRun,
  asks: readonly Ask[],
  mayRetry: (call: HostCall) => boolean,
): Decide {
  return (call) => {
    if (policy === 'fail') return 'fail';
    if (mayRetry(call)) return 'send';
    return decisionOn(call, kept, asks) === 'approved' ? 'send' : 'fail';
  };
}

/** Keeps a question about each of `calls`, and gives how the run stands that waits for them. */
export function askAbout(
  calls: readonly RecordedCall[],
  kept: KeptRun,
  store: RunStore,
): RunOutcome {
  const { runId } = kept.run;
  for (const { id, name, args } of calls) {
    const [server, tool, paramsJson] = partsOf(name, args);
    const sendings = kept.sendings.get(id) ?? 1;
    store.ask({ runId, callId: id, kind: 'unknown', sendings, server, tool, paramsJson });
  }
  return standOf(kept);
}

function unknownCalls({ recorded }: KeptRun): readonly RecordedCall[] {
  return recorded.calls.filter(({ sent, answer }) => sent && answer === undefined);
}

/** A decision counts for the sendings that there were when it was asked about. */
function decisionOn({ id }: RecordedCall, { sendings }: KeptRun, asks: readonly Ask[]) {
  const about = asks.findLast(({ callId, kind }) => callId === id && kind === 'unknown');
  return about?.sendings === sendings.get(id) ? about?.decision?.verdict : undefined;
}

/** Server, tool and parameters as JSON; an extension has itself in place of a tool, and no server. */
function partsOf(name: string, args: readonly string[]): [string, string, string] {
  if (name !== 'callTool') return ['', name, args[0] ?? ''];
  const [server = '', tool = '', params = ''] = args;
  return [server, tool, params];
}

/** What is known of a run that has no outcome. */
export function standOf({ run, recorded, snapshot, outcome, logs }: KeptRun): RunOutcome {
  const calls = recorded.calls
    .filter(({ name, record, sent }) => record !== undefined || (name === 'callTool' && sent))
    .map(({ record, args: [server = '', tool = ''] }): CallRecord => {
      return record ?? { server, tool, status: 'unknown', ms: 0, bytes: 0, cached: false };
    });
  const before = snapshot === undefined ? undefined : outcome;
  const usage = {
    ...(before?.usage ?? nothingUsed),
    toolCalls: calls.length,
    cacheHits: calls.filter(({ cached }) => cached).length,
    bytesFromTools: calls.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  return { status: 'suspended', logs, calls, usage, runId: run.runId };
}
