import type { Engine } from './engine.ts';
import type { SharedExchange } from './exchange.ts';
import type { InstanceLimits, StepResult } from './instance.ts';
import type { PackedState } from './packed-state.ts';

/** What a new worker gets. */
export interface WorkerStart {
  readonly exchange: SharedExchange;
  /** Left out: it loads one, and tells. */
  readonly engine?: Engine;
}

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

/** Worker → pool, first of all, where it has loaded the engine. */
export interface WorkerLoaded {
  readonly type: 'loaded';
  readonly engine: Engine;
}

/** Worker → pool: one for each request but `drop` and `warm`. */
export type WorkerReply =
  /** With its result in the exchange. */
  | 'stepped'
  | { readonly type: 'stepped'; readonly result: StepResult }
  | { readonly type: 'frozen'; readonly state: PackedState };
