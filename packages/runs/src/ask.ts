import type { JsonValue } from '@org/core';

/** A question about a call that a person has to decide, kept until the run is removed. */
export interface Ask {
  readonly runId: string;
  /** Of the host call in its run. */
  readonly callId: number;
  /**
   * `approval`: whether the call may be sent. `unknown`: it was sent and no answer came, and the
   * question is whether it is sent again.
   */
  readonly kind: 'approval' | 'unknown';
  readonly server: string;
  readonly tool: string;
  /** As the program gave them; JSON text. */
  readonly paramsJson: string;
  /** Of an unknown call: how often it had been sent. The decision is not about later sendings. */
  readonly sendings?: number;
  /** Of the tool's definition when the question was asked. */
  readonly definitionDigest?: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  readonly decision?: AskDecision;
}

export interface AskDecision {
  /** `approved`: the call is sent. `refused`: it is not, and the program gets a failure. */
  readonly verdict: 'approved' | 'refused';
  /** Milliseconds since 1970. */
  readonly decidedAt: number;
  /** Who decided, as the decider calls itself. */
  readonly decidedBy: string;
  /** What the decision covers beyond this call, in the terms of whoever asks. */
  readonly terms?: JsonValue;
}

export type NewAsk = Omit<Ask, 'decision' | 'askedAt'>;
