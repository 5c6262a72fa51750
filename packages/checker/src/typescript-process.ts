import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type Answer, JsonRpc } from './json-rpc.ts';
import { compilerCommand } from './typescript.ts';

/** Writable memory of the process. A check of a large program takes a tenth of it. */
const maxMemoryKiB = 512 * 1024;
/** Processor seconds of the whole process: the end of one that nobody is left to kill. */
const maxCpuSeconds = 300;

/** The process ended before it answered. */
export class CompilerGoneError extends Error {
  override readonly name = 'CompilerGoneError';
}

/** A check took longer than it may; its process is gone. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** The compiler under limits that the system enforces, where it has a shell that can set them. */
function start(): ChildProcess {
  const { file, args } = compilerCommand();
  const limits = `ulimit -c 0; ulimit -t ${maxCpuSeconds}; ulimit -d ${maxMemoryKiB}`;
  const shell = '/bin/sh';
  const [command, ...rest] = existsSync(shell)
    ? [shell, '-c', `{ ${limits}; } 2>/dev/null; exec "$0" "$@"`, file, ...args]
    : [file, ...args];
  return spawn(command as string, rest, {
    cwd: '/',
    // Nothing of ours is for it to know; and what it says when it dies is not for our terminal.
    env: { GOTRACEBACK: 'none', GOMEMLIMIT: `${maxMemoryKiB / 2}KiB` },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
}

/**
 * One process of the compiler. It reads no file by itself: each of its questions goes to `answer`.
 * It ends when its input does, and with that when the process that started it ends.
 */
export class TypeScriptProcess {
  readonly #child = start();
  readonly #rpc: JsonRpc;
  readonly #exited: Promise<void>;
  #questions = 0;
  #clock: { readonly pause: () => void; readonly go: () => void } | undefined;
  gone = false;
  /** Whether it has not finished a check yet. */
  fresh = true;

  constructor(answer: Answer) {
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error('A pipe is missing.');
    this.#exited = new Promise((resolve) => {
      const end = () => {
        this.gone = true;
        this.#rpc.end(new CompilerGoneError('The compiler ended.'));
        resolve();
      };
      this.#child.once('exit', end).once('error', end);
    });
    // A process that is gone says so by its exit.
    stdin.on('error', () => {});
    this.#rpc = new JsonRpc(
      stdout,
      stdin,
      (...question) => this.#asked(answer, question),
      () => {
        this.#child.kill('SIGKILL');
      },
    );
    this.#hold(false);
  }

  /** While it works, it keeps ours from ending; while it waits, it does not. */
  #hold(held: boolean): void {
    for (const one of [this.#child, this.#child.stdin as Socket, this.#child.stdout as Socket]) {
      if (held) one.ref();
      else one.unref();
    }
  }

  async #asked(answer: Answer, question: Parameters<Answer>): Promise<unknown> {
    if (this.#questions++ === 0) this.#clock?.pause();
    try {
      return await answer(...question);
    } finally {
      if (--this.#questions === 0) this.#clock?.go();
    }
  }

  /** @throws CompilerGoneError when it ended before; Error with the compiler's own message */
  async request(method: string, params: unknown): Promise<unknown> {
    if (this.gone) throw new CompilerGoneError('The compiler has ended.');
    return this.#rpc.request(method, params);
  }

  /**
   * What `work` resolves to. The process is killed once it has worked for `ms`; the time that
   * answers to its questions take does not count.
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
        this.#child.kill('SIGKILL');
      }, left);
    };
    const pause = () => {
      clearTimeout(timer);
      left = Math.max(0, left - (performance.now() - since));
    };
    this.#clock = { go, pause };
    this.#hold(true);
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
      if (!this.gone) this.#hold(false);
    }
  }

  async end(): Promise<void> {
    if (this.gone) return;
    // Whoever closes waits for the end, and must not run out of things to wait for.
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
