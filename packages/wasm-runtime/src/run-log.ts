import type { LogEntry } from '@org/core';
import type { FrozenRun } from './frozen-run.ts';
import type { Answered } from './step-script.ts';

type Notes = Pick<FrozenRun, 'logs' | 'logBytes' | 'warned'>;

/** What a run has logged. */
export class RunLog {
  readonly #logs: LogEntry[];
  readonly #warned: Set<string>;
  readonly #tell: (log: LogEntry) => void;
  #bytes: number;

  /** @param before of the run when it was frozen */
  constructor(before: Notes | undefined, tell: (log: LogEntry) => void) {
    this.#logs = [...(before?.logs ?? [])];
    this.#warned = new Set(before?.warned);
    this.#bytes = before?.logBytes ?? 0;
    this.#tell = tell;
  }

  /** Copies: a timer may run out while the worker captures the guest. */
  get notes(): Notes {
    return { logs: [...this.#logs], logBytes: this.#bytes, warned: [...this.#warned] };
  }

  /** Counts what the program writes; all of it, in bytes. */
  count(bytes: number): number {
    this.#bytes += bytes;
    return this.#bytes;
  }

  add(log: LogEntry): void {
    this.#logs.push(log);
    this.#tell(log);
  }

  /** What is to be said of answers that are handed in: once a tool and run. */
  warn(answers: readonly Answered[]): void {
    for (const { warning } of answers) {
      if (warning === undefined || this.#warned.has(warning.tool)) continue;
      this.#warned.add(warning.tool);
      this.add({ level: 'warn', message: warning.message });
    }
  }
}
