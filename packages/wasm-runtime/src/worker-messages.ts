import type { Engine } from './engine.ts';
import type { SharedExchange } from './exchange.ts';
import type { InstanceLimits, StepResult } from './instance.ts';
import type { PackedState } from './packed-state.ts';

/** What the pool passes to a new worker. Its first message is the engine, which may be loading yet. */
export interface WorkerStart {
  readonly exchange: SharedExchange;
}

/** Pool → worker, once and first. */
export type FirstMessage = Engine;

/** What lets a guest do a step: begin, go on, or come back from bytes and go on. */
export type StepRequest =
  | { readonly type: 'start'; readonly limits: InstanceLimits; readonly message: Uint8Array }
  | {
      readonly type: 'thaw';
      readonly limits: InstanceLimits;
      readonly state: PackedState;
      /** What the first step hands in; left out, the guest goes on resting. */
      readonly message?: Uint8Array;
    }
  | { readonly type: 'step'; readonly message: Uint8Array };

/** Pool → worker. It holds one guest at a time: from its `start` or `thaw` to its `drop`. */
export type WorkerRequest =
  | StepRequest
  | { readonly type: 'freeze' }
  | { readonly type: 'drop' }
  /** Ahead of its first guest: does what each guest begins with, so that its code is compiled. */
  | { readonly type: 'warm'; readonly message: Uint8Array };

/** Worker → pool: one for each request but `drop` and `warm`. */
export type WorkerReply =
  /** With its result in the exchange. */
  | 'stepped'
  | { readonly type: 'stepped'; readonly result: StepResult }
  | { readonly type: 'frozen'; readonly state: PackedState };
