import { exitCode } from '../exit-code.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The wish of the user or the system that the process ends. */
export class Shutdown implements Disposable {
  readonly #wanted = Promise.withResolvers<NodeJS.Signals>();
  #signal: NodeJS.Signals | undefined;

  /** A second signal ends the process at once. */
  readonly #onSignal = (signal: NodeJS.Signals) => {
    if (this.#signal !== undefined) process.exit(exitCode.interrupted);
    this.#signal = signal;
    this.#wanted.resolve(signal);
  };

  constructor() {
    for (const name of signals) process.on(name, this.#onSignal);
  }

  get wanted(): Promise<NodeJS.Signals> {
    return this.#wanted.promise;
  }

  /** Whether a person stopped it; a service that is told to end has done its work. */
  get isInterruption(): boolean {
    return this.#signal === 'SIGINT';
  }

  [Symbol.dispose](): void {
    for (const name of signals) process.off(name, this.#onSignal);
  }
}
