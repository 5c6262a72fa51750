import type { CallError } from './errors.ts';

/** A call as the program made it: nothing in it is checked yet. */
export interface ToolCall {
  readonly server: string;
  readonly tool: string;
  /** The parameters as JSON text; stringified once, decided on and sent as such. */
  readonly paramsJson: string;
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
      /** For the logs of the run: that the result is not what its type says. Holds no values. */
      readonly warning?: string;
    }
  | { readonly status: 'failed' | 'refused' | 'unknown'; readonly error: CallError };

/** On whose behalf a call is made, as far as its caller knows. */
export interface CallContext {
  readonly runId?: string;
  /** Runs of one session share what was hidden from them by a content filter. */
  readonly session?: string;
  /** The user or client that the call is made for. */
  readonly principal?: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly context?: CallContext;
}

/** Port through which every tool call of every program passes. */
export interface ToolCaller {
  /**
   * Never rejects: every failure is an outcome. When `signal` aborts, it settles at once and
   * cancels the call upstream.
   */
  callTool(call: ToolCall, options: CallOptions): Promise<ToolCallOutcome>;
}
