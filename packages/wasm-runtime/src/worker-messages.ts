import type { Engine } from './engine.ts';
import type { StepResult } from './instance.ts';

/** What the pool passes to a new worker. */
export interface WorkerStart {
  readonly engine: Engine;
}

/** Pool → worker. One run at a time: `start` replaces the instance of the run before. */
export type WorkerRequest =
  | {
      readonly type: 'start';
      readonly limits: { readonly fuel: number; readonly memoryBytes: number };
      readonly message: Uint8Array;
    }
  | { readonly type: 'step'; readonly message: Uint8Array }
  | { readonly type: 'drop' };

/** Worker → pool: one for each `start` and `step`. */
export type WorkerReply = StepResult;
