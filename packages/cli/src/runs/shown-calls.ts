import { type CallRecord, type RecordedCall, SandboxError } from '@org/core';
import type { RunRecord } from '@org/runs';

type ShownStatus =
  | 'done'
  | 'cached'
  | 'failed'
  | 'refused'
  /** Sent, and no process waits for its answer any more. */
  | 'unknown'
  /** Sent, and its answer may still come. */
  | 'sent'
  /** A person has to approve it. */
  | 'asks'
  /** Made, and neither sent nor answered. */
  | 'open';

/** A host call of a recorded run. All texts are hostile. */
export interface ShownCall {
  readonly id: number;
  /** `github.get_issue`, or the name of the host function. */
  readonly name: string;
  readonly status: ShownStatus;
  /** JSON text of a tool call's parameters; of another one, its arguments. */
  readonly args: string;
  /** JSON text, or that of the error. */
  readonly answer?: string;
  readonly record?: CallRecord;
  /** After how many steps of the run it was made. */
  readonly madeAfter: number;
}

/** The host calls of a run, in the order in which the program made them. */
export function shownCalls(record: RunRecord): ShownCall[] {
  const asked = new Set(
    record.asks.flatMap(({ callId, kind, decision }) =>
      decision === undefined && kind === 'approval' ? [callId] : [],
    ),
  );
  return record.journal.calls.map((call) => {
    const { id, name: host, args, answer, record: told } = call;
    const [server = '', tool = '', params = ''] = args;
    const isTool = host === 'callTool';
    return {
      id,
      name: isTool ? `${server}.${tool}` : host,
      status: statusOf(call, record.status === 'running', asked.has(id)),
      madeAfter: record.madeAfter.get(id) ?? 0,
      args: isTool ? params : args.map((one) => JSON.stringify(one)).join(', '),
      ...(answer === undefined ? {} : { answer: answer.ok ? answer.text : answer.error }),
      ...(told === undefined ? {} : { record: told }),
    };
  });
}

function statusOf(
  { answer, record, sent }: RecordedCall,
  running: boolean,
  asked: boolean,
): ShownStatus {
  if (answer === undefined) {
    if (asked) return 'asks';
    if (sent) return running ? 'sent' : 'unknown';
    return 'open';
  }
  if (record === undefined) return answer.ok ? 'done' : 'failed';
  return record.cached ? 'cached' : record.status;
}

/**
 * One call of a run by its number.
 * @throws SandboxError `USAGE`
 */
export function requireCall(calls: readonly ShownCall[], id: number): ShownCall {
  const call = calls.find((one) => one.id === id);
  if (call !== undefined) return call;
  throw new SandboxError('USAGE', `The run has no call ${id}.`, {
    hint: calls.length === 0 ? 'It has none.' : `They are numbered from 1 to ${calls.at(-1)?.id}.`,
  });
}
