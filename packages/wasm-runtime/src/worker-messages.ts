import type { Engine } from './engine.ts';
import type { InstanceLimits, StepResult } from './instance.ts';
import type { PackedState } from './packed-state.ts';

/** What the pool passes to a new worker. */
export interface WorkerStart {
  readonly engine: Engine;
  /** One word, which changes when there is a request: see worker.ts. */
  readonly bell: Int32Array<SharedArrayBuffer>;
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
export type WorkerRequest = StepRequest | { readonly type: 'freeze' } | { readonly type: 'drop' };

/** Worker → pool: one for each request but `drop`. */
export type WorkerReply =
  | { readonly type: 'stepped'; readonly result: StepResult }
  | { readonly type: 'frozen'; readonly state: PackedState };

/** Bytes from here on are handed over; fewer are copied, which is quicker. */
export const transferFrom = 16_384;
