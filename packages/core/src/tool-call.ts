import type { Blobs } from './blob.ts';
import type { CallError } from './errors.ts';

/** A call as the program made it: nothing in it is checked yet. */
export interface ToolCall {
  readonly server: string;
  /**
   * The tool; or what else of the server is asked for, by `methodName`: `@resources/list` and
   * `@prompts/list` without parameters, `@resources/read` with `uri`, `@prompts/get` with `name` and
   * `arguments`.
   */
  readonly tool: string;
  /** The parameters as JSON text; stringified once, decided on and sent as such. */
  readonly paramsJson: string;
  /** Those that the run has of the blobs whose handles are strings of the parameters. */
  readonly blobs?: Blobs;
}

/**
 * How a call ended.
 * `failed`: it was answered with a failure, or never reached the server.
 * `refused`: a rule of the operator's stopped it before it was sent.
 * `unknown`: it was sent and never answered; whether it took effect is not known.
 */
export type ToolCallOutcome =
  | {
      readonly status: 'done';
      readonly json: string;
      readonly cached: boolean;
      /** Long blobs of the result, in whose place `json` has their handles. */
      readonly blobs?: Blobs;
      /** For the logs of the run: that the result is not what its type says. Holds no values. */
      readonly warning?: string;
    }
  | { readonly status: 'failed' | 'refused' | 'unknown'; readonly error: CallError };

/** On whose behalf a call is made, as far as its caller knows. */
export interface CallContext {
  readonly runId?: string;
  /** Number of the host call in its run, as its journal has it. */
  readonly callId?: number;
  /** Runs of one session share what was hidden from them by a content filter. */
  readonly session?: string;
  /** The user or client that the call is made for. */
  readonly principal?: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly context?: CallContext;
  /**
   * To be called before the request leaves, each time that it does; until then aborting `signal` takes
   * the call back. Where it throws, nothing may be sent. Not called for what is answered otherwise:
   * from a cache, or with a refusal.
   */
  readonly onSent?: () => void;
}

/** Port through which every call of a program to a server passes. */
export interface ToolCaller {
  /**
   * Set where `onSent` is called as it says. Without it a call counts as sent once it is handed over:
   * it is not taken back, and not made again when its answer is lost.
   */
  readonly tellsSent?: true;
  /**
   * Never rejects: every failure is an outcome. When `signal` aborts, it settles at once and
   * cancels the call upstream.
   */
  callTool(call: ToolCall, options: CallOptions): Promise<ToolCallOutcome>;
}
