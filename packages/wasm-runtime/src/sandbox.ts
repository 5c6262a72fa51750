import { availableParallelism } from 'node:os';
import { blake3 } from '@noble/hashes/blake3.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type FileSystem,
  type JsonValue,
  type Limits,
  type ProfileName,
  type RunOutcome,
  resolveLimits,
  SandboxError,
  type StateStore,
  type ToolCaller,
  type ToolSearch,
} from '@org/core';
import { memoryState, noFiles, noSearch, noTools } from './default-ports.ts';
import { loadEngine } from './engine.ts';
import type { HostPorts } from './host-calls.ts';
import { type CompileOptions, type Program, ProgramCompiler } from './program.ts';
import { notBegun, ourError, Run, type RunEvent } from './run.ts';
import type { StartOptions } from './wire.ts';
import { WorkerPool } from './worker-pool.ts';

export interface SandboxOptions {
  /** Answers `callTool`. Without it every tool call fails with `UNKNOWN_SERVER`. */
  readonly tools?: ToolCaller;
  /** Files that programs import, read and write. Without it there are none. */
  readonly files?: FileSystem;
  /** Behind `getState` and `setState`. Without it, kept in memory for the sandbox's lifetime. */
  readonly state?: StateStore;
  /** Behind `searchTools`. Without it nothing is ever found. */
  readonly search?: ToolSearch;
  /** Limits of runs that do not name others. Default `moderate`. */
  readonly profile?: ProfileName;
  /** Put over the profile's limits. */
  readonly limits?: Partial<Limits>;
  /** Most runs at one time; further ones wait. Default: twice the processors, at least 4. */
  readonly workers?: number;
}

export interface RunOptions extends CompileOptions {
  /** Given to the program's default export, and its global `args`. Default `{}`. */
  readonly args?: JsonValue;
  readonly profile?: ProfileName;
  readonly limits?: Partial<Limits>;
  /** Text from which all random numbers of the run follow. Default: another one each time. */
  readonly seed?: string;
  /** What the program's clock shows at its start, in milliseconds since 1970. Default: now. */
  readonly startTime?: number;
  /** Cancels the run; its outcome is then `aborted`. */
  readonly signal?: AbortSignal;
  /** Called for each tool call that has ended and each log line. Must not throw. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** Compiles and runs programs. Each run gets a fresh engine instance in a worker thread. */
export class Sandbox implements AsyncDisposable {
  readonly #compiler: ProgramCompiler;
  readonly #pool: WorkerPool;
  readonly #ports: HostPorts;
  readonly #options: SandboxOptions;

  constructor(pool: WorkerPool, ports: HostPorts, options: SandboxOptions) {
    this.#compiler = new ProgramCompiler(ports.files);
    this.#pool = pool;
    this.#ports = ports;
    this.#options = options;
  }

  /**
   * Parses, strips types and bundles, without running anything.
   * @throws SandboxError `SYNTAX` or `UNKNOWN_IMPORT` with the place in the source, or what reading
   * an imported file threw
   */
  compile(source: string, options?: CompileOptions): Promise<Program> {
    return this.#compiler.compile(source, options);
  }

  /**
   * Runs a program, or source that is compiled first. What the program does wrong is in the
   * outcome, errors of compilation too.
   * @throws SandboxError `USAGE` for limits out of range, `ENGINE_FAULT` when the host fails,
   * `ABORTED` when the sandbox is closed
   */
  async run(program: Program | string, options: RunOptions = {}): Promise<RunOutcome> {
    const profile = options.profile ?? this.#options.profile;
    const limits = resolveLimits(profile, { ...this.#options.limits, ...options.limits });
    let compiled: Program;
    try {
      compiled = typeof program === 'string' ? await this.compile(program, options) : program;
    } catch (error) {
      return outcomeOfFailedCompile(error);
    }
    const lease = await this.#pool.lease(options.signal);
    const run = new Run(lease, this.#ports, {
      program: compiled,
      args: options.args ?? {},
      limits,
      seed: seedWords(options.seed),
      startTime: options.startTime ?? Date.now(),
      signal: options.signal,
      onEvent: options.onEvent ?? (() => {}),
    });
    return run.outcome();
  }

  /** Kills what still runs and frees all workers. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function outcomeOfFailedCompile(error: unknown): RunOutcome {
  if (!(error instanceof SandboxError)) throw error;
  const { code, message, hint } = error;
  const text = hint === undefined ? message : `${message}\n${hint}`;
  if (code === 'SYNTAX')
    return notBegun({ status: 'threw', error: ourError(code, 'SyntaxError', text) });
  if (code === 'UNKNOWN_IMPORT') {
    return notBegun({ status: 'threw', error: ourError(code, 'ImportError', text) });
  }
  return notBegun({ status: 'aborted', error: ourError(code, 'SandboxError', text) });
}

function seedWords(seed: string | undefined): StartOptions['seed'] {
  const bytes =
    seed === undefined ? crypto.getRandomValues(new Uint8Array(16)) : blake3(utf8ToBytes(seed));
  const words = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const word = (index: number) => words.getUint32(index * 4, true);
  return [word(0), word(1), word(2), word(3)];
}

/**
 * Loads the engine and readies a first worker.
 * @throws SandboxError `USAGE` for options out of range, `ENGINE_FAULT` when the engine is missing
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  resolveLimits(options.profile, options.limits);
  const pool = new WorkerPool(
    await loadEngine(),
    options.workers ?? Math.max(4, 2 * availableParallelism()),
  );
  pool.warm();
  const ports: HostPorts = {
    tools: options.tools ?? noTools,
    files: options.files ?? noFiles,
    state: options.state ?? memoryState(),
    search: options.search ?? noSearch,
  };
  return new Sandbox(pool, ports, options);
}
