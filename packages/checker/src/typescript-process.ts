import { GuardedProcess } from './guarded-process.ts';
import { type Answer, JsonRpc } from './json-rpc.ts';
import { compilerCommand } from './typescript.ts';

/** No traces when it dies, and an effort to stay well below the limit of its memory. */
const environment = { GOTRACEBACK: 'none', GOMEMLIMIT: '256MiB' };

/** The process ended before it answered. */
export class CompilerGoneError extends Error {
  override readonly name = 'CompilerGoneError';
}

/** A check took longer than it may; its process is gone. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * One process of the compiler. It reads no file by itself: each of its questions goes to `answer`.
 * It ends when its input does, and with that when the process that started it ends.
 */
export class TypeScriptProcess {
  readonly #process: GuardedProcess;
  readonly #rpc: JsonRpc;
  #pauses = 0;
  #clock: { readonly pause: () => void; readonly go: () => void } | undefined;
  gone = false;
  /** Whether it has not finished a check yet. */
  fresh = true;

  constructor(answer: Answer) {
    const { file, args } = compilerCommand();
    this.#process = new GuardedProcess(file, args, environment);
    const { stdin, stdout, ended } = this.#process;
    this.#rpc = new JsonRpc(
      stdout,
      stdin,
      (...question) => this.pausing(() => answer(...question)),
      () => this.#process.kill(),
    );
    void ended.then(() => {
      this.gone = true;
      this.#rpc.end(new CompilerGoneError('The compiler ended.'));
    });
    this.#process.hold(false);
  }

  /** What `work` resolves to. The time that it takes is not the compiler's. */
  async pausing<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#pauses++ === 0) this.#clock?.pause();
    try {
      return await work();
    } finally {
      if (--this.#pauses === 0) this.#clock?.go();
    }
  }

  /** @throws CompilerGoneError when it ended before; Error with the compiler's own message */
  async request(method: string, params: unknown): Promise<unknown> {
    if (this.gone) throw new CompilerGoneError('The compiler has ended.');
    return this.#rpc.request(method, params);
  }

  /**
   * What `work` resolves to. The process is killed once it has worked for `ms`; the time that
   * answers to its questions take does not count, nor what `pausing` does.
   * @throws DeadlineError, or what `work` throws
   */
  async within<Value>(ms: number, work: () => Promise<Value>): Promise<Value> {
    let left = ms;
    let since = performance.now();
    let late = false;
    let timer: NodeJS.Timeout | undefined;
    const go = () => {
      since = performance.now();
      timer = setTimeout(() => {
        late = true;
        this.#process.kill();
      }, left);
    };
    const pause = () => {
      clearTimeout(timer);
      left = Math.max(0, left - (performance.now() - since));
    };
    this.#clock = { go, pause };
    this.#process.hold(true);
    go();
    try {
      const value = await work();
      this.fresh = false;
      return value;
    } catch (error) {
      throw late ? new DeadlineError(`The check took over ${ms} ms.`) : error;
    } finally {
      clearTimeout(timer);
      this.#clock = undefined;
      if (!this.gone) this.#process.hold(false);
    }
  }

  async end(): Promise<void> {
    if (this.gone) return;
    // Whoever closes waits for the end, and must not run out of things to wait for.
    this.#process.hold(true);
    this.#process.kill();
    await this.#process.ended;
  }
}
