import type { CallRecord, Limits, RunUsage } from '@org/core';

/** What the calls of one tool came to. */
export interface ToolReceipt {
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
  readonly cached: number;
  /** Neither done nor cached. */
  readonly failed: number;
  /** Of all its calls together; those side by side count each. */
  readonly ms: number;
  readonly bytes: number;
}

export interface LimitReceipt {
  readonly limit: 'fuel' | 'memoryBytes' | 'wallMs' | 'toolCalls' | 'outputBytes';
  readonly used: number;
  readonly allowed: number;
}

/** What a run has cost, and what it kept out of an agent's context. */
export interface Receipt {
  /** Of what tools answered and the program did not return; estimated. */
  readonly tokensKeptOut: number;
  /** Of the result; estimated. */
  readonly tokensReturned: number;
  readonly usage: RunUsage;
  /** By time, longest first. */
  readonly tools: readonly ToolReceipt[];
  readonly limits: readonly LimitReceipt[];
}

/** UTF-8 bytes of JSON to a token of o200k, as counted over real results in benches/. */
const bytesPerToken = 4;

const tokens = (bytes: number): number => Math.round(bytes / bytesPerToken);

function toolReceipts(calls: readonly CallRecord[]): ToolReceipt[] {
  const tools = new Map<string, ToolReceipt>();
  for (const { server, tool, status, cached, ms, bytes } of calls) {
    const key = JSON.stringify([server, tool]);
    const before = tools.get(key) ?? {
      server,
      tool,
      calls: 0,
      cached: 0,
      failed: 0,
      ms: 0,
      bytes: 0,
    };
    tools.set(key, {
      ...{ server, tool },
      calls: before.calls + 1,
      cached: before.cached + (cached ? 1 : 0),
      failed: before.failed + (status === 'done' ? 0 : 1),
      ms: before.ms + ms,
      bytes: before.bytes + bytes,
    });
  }
  return [...tools.values()].sort((a, b) => b.ms - a.ms);
}

/** @param limits left out where they are not known */
export function receiptOf(
  { calls, usage }: { readonly calls: readonly CallRecord[]; readonly usage: RunUsage },
  limits: Partial<Limits> = {},
): Receipt {
  const { fuel, memoryBytes, wallMs, toolCalls, bytesFromTools, bytesReturned } = usage;
  const used = { fuel, memoryBytes, wallMs, toolCalls, outputBytes: bytesReturned };
  return {
    tokensKeptOut: tokens(Math.max(0, bytesFromTools - bytesReturned)),
    tokensReturned: tokens(bytesReturned),
    usage,
    tools: toolReceipts(calls),
    limits: Object.entries(used).flatMap(([name, count]) => {
      const limit = name as LimitReceipt['limit'];
      const allowed = limits[limit];
      return allowed === undefined ? [] : [{ limit, used: count, allowed }];
    }),
  };
}
