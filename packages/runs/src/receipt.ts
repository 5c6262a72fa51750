import type { CallRecord, LimitKind, Limits, RunOutcome } from '@org/core';

/** What all calls of one tool came to. */
export interface ToolReceipt {
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
  /** Of these: not carried out, as far as is known, or refused by a rule or a person. */
  readonly failed: number;
  readonly refused: number;
  /** Of these: sent and never answered. */
  readonly unknown: number;
  /** Of these: answered without the server. */
  readonly cached: number;
  /** Together, waiting included; calls at one time each count. */
  readonly ms: number;
  /** Of the answers, as JSON text in UTF-8. */
  readonly bytes: number;
}

export interface LimitReceipt {
  readonly limit: Exclude<LimitKind, 'depth'>;
  readonly allowed: number;
  readonly used: number;
  /** 0 where the run used more than it was allowed. */
  readonly left: number;
}

/** What a run took, and what it spared the agent. */
export interface Receipt {
  readonly runId: string;
  readonly status: RunOutcome['status'];
  /** Estimates: a token for 4 bytes, rounded up. */
  readonly tokens: {
    /** Of the result and the logs, which the agent reads. */
    readonly returned: number;
    /** Of tools' answers beyond that, which the agent would have read if it had made the calls. */
    readonly keptOut: number;
  };
  readonly bytes: {
    readonly fromTools: number;
    readonly result: number;
    readonly logs: number;
  };
  readonly cacheHits: number;
  /** By time, the longest first. */
  readonly tools: readonly ToolReceipt[];
  readonly limits: readonly LimitReceipt[];
}

const bytesPerToken = 4;
/** What each log line counts for beside its text, as its limit has it. */
const logLineBytes = 24;

/**
 * Counts what an outcome has; nothing is measured anew.
 * @param limits those that the run had
 */
export function receiptOf(outcome: RunOutcome, limits: Limits): Receipt {
  const { usage, calls, runId, status } = outcome;
  const logs = logBytes(outcome);
  const returned = tokensOf(usage.bytesReturned + logs);
  return {
    runId,
    status,
    tokens: {
      returned,
      keptOut: Math.max(0, tokensOf(usage.bytesFromTools) - returned),
    },
    bytes: { fromTools: usage.bytesFromTools, result: usage.bytesReturned, logs },
    cacheHits: usage.cacheHits,
    tools: toolReceipts(calls),
    limits: [
      limit('fuel', limits.fuel, usage.fuel),
      limit('memory', limits.memoryBytes, usage.memoryBytes),
      limit('wall', limits.wallMs, usage.wallMs),
      limit('toolCalls', limits.toolCalls, usage.toolCalls),
      limit('output', limits.outputBytes, usage.bytesReturned),
      limit('logs', limits.logBytes, logs),
    ],
  };
}

/** Estimate of the tokens that this many bytes of text are: one for 4. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

function logBytes({ logs }: RunOutcome): number {
  return logs.reduce((bytes, { level, message, fields }) => {
    const text = fields === undefined ? message : message + JSON.stringify(fields);
    return bytes + Buffer.byteLength(level + text) + logLineBytes;
  }, 0);
}

function limit(name: LimitReceipt['limit'], allowed: number, used: number): LimitReceipt {
  return { limit: name, allowed, used, left: Math.max(0, allowed - used) };
}

function toolReceipts(calls: readonly CallRecord[]): readonly ToolReceipt[] {
  const byTool = Map.groupBy(calls, ({ server, tool }) => JSON.stringify([server, tool]));
  const receipts = [...byTool.values()].map((own): ToolReceipt => {
    const count = (status: CallRecord['status']) =>
      own.filter((one) => one.status === status).length;
    const [{ server, tool }] = own as [CallRecord];
    return {
      server,
      tool,
      calls: own.length,
      failed: count('failed'),
      refused: count('refused'),
      unknown: count('unknown'),
      cached: own.filter(({ cached }) => cached).length,
      ms: Math.round(own.reduce((sum, { ms }) => sum + ms, 0) * 10) / 10,
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
  return receipts.sort((one, other) => other.ms - one.ms);
}
