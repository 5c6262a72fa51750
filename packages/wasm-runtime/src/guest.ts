import type { SandboxError } from '@org/core';
import type { InstanceLimits, StepResult } from './instance.ts';
import type { PackedState } from './packed-state.ts';
import type { Priority } from './ready-queue.ts';
import type { StepRequest } from './worker-messages.ts';
import type { WorkerThread } from './worker-thread.ts';

/** Where a guest is. */
export type Place =
  /** It has not begun, or is over. */
  | { readonly at: 'nowhere' }
  | {
      readonly at: 'worker';
      readonly thread: WorkerThread;
      /** By the clock of `performance.now`. */
      readonly since: number;
      /** What it is to be thawed from at its next step, where it was parked before. */
      readonly parked?: PackedState;
    }
  /** On its way out of its worker. */
  | { readonly at: 'parking'; readonly done: Promise<void> }
  | { readonly at: 'parked'; readonly parked: PackedState };

/** What a guest asks of the pool that it is in. */
export interface Host {
  step(guest: Guest, request: StepRequest): Promise<StepResult>;
  rest(guest: Guest): void;
  freeze(guest: Guest): Promise<PackedState>;
  release(guest: Guest): void;
}

/** A live program, wherever it is: in a worker, or parked as bytes while it waits. */
export class Guest {
  readonly #host: Host;
  readonly priority: Priority;
  /** Called when its worker is gone while no step is under way; a step rejects instead. */
  onGone: (error: SandboxError) => void = () => {};

  /** The pool's. */
  place: Place = { at: 'nowhere' };
  /** The pool's: what it may use, and what it had used after its last step. */
  limits: InstanceLimits | undefined;
  /** The pool's: given back, so nothing of it is wanted any more. */
  over = false;

  constructor(host: Host, priority: Priority) {
    this.#host = host;
    this.priority = priority;
  }

  /**
   * Starts, thaws or continues it, as soon as there is a worker; one request at a time.
   * @throws SandboxError `ENGINE_FAULT` when its worker dies, `ABORTED` when it was released or the
   * pool closed
   */
  step(request: StepRequest): Promise<StepResult> {
    return this.#host.step(this, request);
  }

  /** Says that it waits: others may have its worker. The next step ends that. */
  rest(): void {
    this.#host.rest(this);
  }

  /** Its state; between two steps only. It can go on. @throws as `step` */
  freeze(): Promise<PackedState> {
    return this.#host.freeze(this);
  }

  /**
   * Ends it. A worker that is still in a step is killed, since nothing else stops it; the pool
   * waits for that when it is closed.
   */
  release(): void {
    this.#host.release(this);
  }
}
