import type { ErrorCode } from './errors.ts';
import type { JsonObject, JsonValue } from './json.ts';

export type LimitKind = 'fuel' | 'memory' | 'wall' | 'toolCalls' | 'output' | 'logs' | 'depth';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: JsonObject;
}

export interface CallRecord {
  readonly server: string;
  /** A tool's name, or a method's (`methodName`). */
  readonly tool: string;
  readonly status: 'done' | 'failed' | 'refused' | 'unknown';
  /** From the moment the program made the call to its answer, waiting for a free slot included. */
  readonly ms: number;
  /** Of the answer as the program got it, as JSON text in UTF-8; 0 where there was none. */
  readonly bytes: number;
  readonly cached: boolean;
}

export interface RunUsage {
  readonly fuel: number;
  /** Peak of the engine's linear memory. */
  readonly memoryBytes: number;
  readonly wallMs: number;
  readonly toolCalls: number;
  readonly cacheHits: number;
  readonly bytesFromTools: number;
  /** Of the result as the program gave it, as JSON text in UTF-8. */
  readonly bytesReturned: number;
}

/** What a run has used that could not begin. */
export const nothingUsed: RunUsage = Object.freeze({
  fuel: 0,
  memoryBytes: 0,
  wallMs: 0,
  toolCalls: 0,
  cacheHits: 0,
  bytesFromTools: 0,
  bytesReturned: 0,
});

/** An error of the program, in its own file, line and column. */
export interface ProgramError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Set where the error is one of ours, such as a rejected tool call. */
  readonly code?: ErrorCode;
}

interface OutcomeParts {
  readonly logs: readonly LogEntry[];
  readonly calls: readonly CallRecord[];
  readonly usage: RunUsage;
  readonly runId: string;
}

/** How a run ended. A failure of the guest is a value of this type, never an exception. */
export type RunOutcome =
  | ({ readonly status: 'returned'; readonly value: JsonValue } & OutcomeParts)
  | ({ readonly status: 'threw'; readonly error: ProgramError } & OutcomeParts)
  | ({
      readonly status: 'limit';
      readonly limit: { readonly kind: LimitKind; readonly allowed: number };
    } & OutcomeParts)
  | ({ readonly status: 'suspended' } & OutcomeParts)
  /** Cancelled from outside, or stopped before the program could begin; `error` says why. */
  | ({ readonly status: 'aborted'; readonly error: ProgramError } & OutcomeParts);
