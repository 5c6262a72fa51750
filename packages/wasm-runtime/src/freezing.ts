import { SandboxError } from '@org/core';
import { maxTimerMs } from './bounds.ts';
import type { FreezeOptions } from './run-request.ts';

/** The wish that a run becomes bytes. */
export class Freezing {
  readonly #bytes = Promise.withResolvers<Uint8Array>();
  readonly #timer: NodeJS.Timeout | undefined;
  #waitedEnough = false;
  /** Whether calls that were not sent are taken back at once. */
  takesBack = false;

  /** @param onWaited called when `waitMs` are over */
  constructor({ waitMs }: FreezeOptions, onWaited: () => void) {
    // It may be that only the outcome is awaited.
    this.#bytes.promise.catch(() => {});
    if (waitMs === undefined) return;
    const onTimer = () => {
      this.#waitedEnough = true;
      onWaited();
    };
    this.#timer = setTimeout(onTimer, Math.min(waitMs, maxTimerMs));
  }

  get bytes(): Promise<Uint8Array> {
    return this.#bytes.promise;
  }

  /** Whether calls that are under way are not waited for any more. */
  get waitedEnough(): boolean {
    return this.#waitedEnough;
  }

  done(bytes: Uint8Array): void {
    this.#bytes.resolve(bytes);
  }

  /** The run is over: what has not become bytes does not any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#bytes.reject(new SandboxError('ABORTED', 'The run ended before it could be frozen.'));
  }
}
