import type { Engine } from './engine.ts';
import type { InstanceLimits, StepResult } from './instance.ts';
import type { EngineState } from './snapshot.ts';

/** What the pool passes to a new worker. */
export interface WorkerStart {
  readonly engine: Engine;
}

/** Pool → worker. One run at a time; between `drop` and the next beginning nobody has the worker. */
export type WorkerRequest =
  | { readonly type: 'start'; readonly limits: InstanceLimits; readonly message: Uint8Array }
  | {
      readonly type: 'thaw';
      readonly limits: InstanceLimits;
      readonly state: EngineState;
      /** What the first step hands in; left out, the guest goes on resting. */
      readonly message?: Uint8Array;
    }
  | { readonly type: 'step'; readonly message: Uint8Array }
  | { readonly type: 'freeze' }
  | { readonly type: 'drop' };

/** Worker → pool: one for each request but `drop`. */
export type WorkerReply =
  | { readonly type: 'stepped'; readonly result: StepResult }
  | { readonly type: 'frozen'; readonly state: EngineState };
