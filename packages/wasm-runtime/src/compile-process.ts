import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SandboxError } from '@org/core';
import pLimit from 'p-limit';
import type { Bundle, ProgramSource, ResolveImport } from './bundle.ts';
import {
  type CompileReply,
  type CompileRequest,
  toPlainError,
  toSandboxError,
} from './compile-messages.ts';

const childFile = new URL(
  import.meta.url.endsWith('.ts') ? './compile-child.ts' : './compile-child.js',
  import.meta.url,
);
/** The longest source of one file; far above what an agent writes. */
const maxSourceChars = 4 * 1024 * 1024;

/** The process ended, and took this job with it; whether the job is the reason is not known. */
class CrashedError extends Error {
  override readonly name = 'CrashedError';
}

interface Job {
  readonly result: PromiseWithResolvers<Bundle>;
  readonly resolve: ResolveImport;
}

/** One process. It takes any number of jobs at a time, and ends with all of them when it crashes. */
class CompileChild {
  readonly #child: ChildProcess;
  readonly #jobs = new Map<number, Job>();
  readonly #exited: Promise<void>;
  #lastJob = 0;
  gone = false;

  constructor() {
    this.#child = fork(fileURLToPath(childFile), [], {
      serialization: 'advanced',
      execArgv: [],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (reply: CompileReply) => this.#receive(reply));
    this.#exited = new Promise((resolve) => {
      const end = () => {
        this.gone = true;
        for (const { result } of this.#jobs.values()) result.reject(new CrashedError());
        this.#jobs.clear();
        resolve();
      };
      this.#child.once('exit', end).once('error', end);
    });
    this.#hold();
  }

  /** A process with jobs keeps ours from ending, to see how they end; one without does not. */
  #hold(): void {
    const hold = this.#jobs.size > 0 ? 'ref' : 'unref';
    this.#child[hold]();
    this.#child.channel?.[hold]();
  }

  /** @throws CrashedError, or the SandboxError that the job ended with */
  async compile(program: ProgramSource, resolve: ResolveImport): Promise<Bundle> {
    const job = ++this.#lastJob;
    const result = Promise.withResolvers<Bundle>();
    this.#jobs.set(job, { result, resolve });
    this.#hold();
    this.#send({ type: 'compile', job, program });
    try {
      return await result.promise;
    } finally {
      this.#jobs.delete(job);
      this.#hold();
    }
  }

  #send(request: CompileRequest): void {
    // What cannot be sent any more is told by the end of the process.
    if (!this.gone) this.#child.send(request, () => {});
  }

  #receive(reply: CompileReply): void {
    const job = this.#jobs.get(reply.job);
    if (job === undefined) return;
    if (reply.type === 'compiled') job.result.resolve(reply.bundle);
    else if (reply.type === 'failed') job.result.reject(toSandboxError(reply.error));
    else {
      const { request, specifier, importer } = reply;
      job.resolve(specifier, importer).then(
        (file) => this.#send({ type: 'resolved', request, result: { file } }),
        (error) => {
          this.#send({ type: 'resolved', request, result: { error: toPlainError(error) } });
        },
      );
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

/**
 * Compiles in a process of its own, because the native parser and bundler overflow their stack on
 * deeply nested source, which no exception handler survives. A job whose process ended is tried once
 * more alone; if that ends too, the program is the reason.
 */
export class CompileProcess implements AsyncDisposable {
  readonly #alone = pLimit(1);
  readonly #live = new Set<CompileChild>();
  #shared: CompileChild | undefined;
  #closed = false;

  #spawn(): CompileChild {
    const child = new CompileChild();
    for (const other of this.#live) if (other.gone) this.#live.delete(other);
    this.#live.add(child);
    return child;
  }

  /** Starts the process ahead of its first use. */
  warm(): void {
    if (this.#shared === undefined || this.#shared.gone) this.#shared = this.#spawn();
  }

  /**
   * @throws SandboxError `SYNTAX` or `UNKNOWN_IMPORT` with the place in the source, what `resolve`
   * throws, or `ABORTED` when it was closed
   */
  async compile(program: ProgramSource, resolve: ResolveImport): Promise<Bundle> {
    if (program.source.length > maxSourceChars) {
      throw new SandboxError('SYNTAX', `${program.name} has over ${maxSourceChars} characters.`);
    }
    try {
      return await this.#compile(
        () => {
          this.warm();
          return this.#shared as CompileChild;
        },
        program,
        resolve,
      );
    } catch (error) {
      if (!(error instanceof CrashedError)) throw error;
    }
    return this.#alone(async () => {
      try {
        return await this.#compile(() => this.#spawn(), program, resolve);
      } catch (error) {
        if (!(error instanceof CrashedError)) throw error;
        throw new SandboxError(
          'SYNTAX',
          `${program.name} cannot be parsed: it is nested too deeply.`,
          {
            hint: 'Split the expression or the blocks into smaller ones.',
          },
        );
      }
    });
  }

  async #compile(
    child: () => CompileChild,
    program: ProgramSource,
    resolve: ResolveImport,
  ): Promise<Bundle> {
    if (this.#closed) throw new SandboxError('ABORTED', 'The sandbox is closed.');
    const chosen = child();
    try {
      return await chosen.compile(program, resolve);
    } catch (error) {
      if (this.#closed) throw new SandboxError('ABORTED', 'The sandbox was closed.');
      throw error;
    } finally {
      if (chosen !== this.#shared) await chosen.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#live].map((child) => child.end()));
  }
}
