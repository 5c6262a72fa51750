import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  type JsonValue,
  type Limits,
  type RunOutcome,
  resolveLimits,
  SandboxError,
} from '@org/core';
import { maxPages, maxTimerMs, pageBytes } from './bounds.ts';
import { memoryState, noFiles, noSearch, noTools } from './default-ports.ts';
import type { Engine } from './engine.ts';
import { checkEntry } from './entry.ts';
import { parseExtensions } from './extensions.ts';
import { parseFrozenRun } from './frozen-run.ts';
import type { HostPorts } from './host-calls.ts';
import { aborted, atLimit, type Ending, notBegun, ourError } from './outcome.ts';
import { unpackState } from './packed-state.ts';
import { createProgram, type Program, type ProgramWriter } from './program.ts';
import { type CompileOptions, ProgramCompiler } from './program-compiler.ts';
import { decodeProgramFile } from './program-file.ts';
import { programWriter } from './program-writer.ts';
import { priorities } from './ready-queue.ts';
import { LiveRun } from './run.ts';
import type { LiveOptions, RunOptions, ThawOptions } from './run-options.ts';
import type { FreezeOptions, RunRequest } from './run-request.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { seedWords } from './seed.ts';
import { decodeSnapshot } from './snapshot.ts';
import { positionMapper } from './stack.ts';
import { standaloneComponent } from './standalone.ts';
import { unlessAborted } from './unless-aborted.ts';
import { WorkerPool } from './worker-pool.ts';
import { WorkerThread } from './worker-thread.ts';

const maxMemoryBytes = maxPages * pageBytes;

/** A run under way. */
export interface Run {
  readonly runId: string;
  /** How it ended. Rejects only when the host fails. */
  readonly outcome: Promise<RunOutcome>;
  /**
   * Ends the run as `suspended` and gives the live program as bytes: as soon as the guest rests and
   * its tool calls are answered. Files, state and servers are the host's and are not in there.
   * @throws SandboxError `ABORTED` when the run ends before
   */
  freeze(options?: FreezeOptions): Promise<Uint8Array>;
}

/** Compiles and runs programs. Each run gets a fresh engine instance in a worker thread. */
export class Sandbox implements AsyncDisposable {
  readonly #compiler: ProgramCompiler;
  readonly #pool: WorkerPool;
  readonly #ports: HostPorts;
  readonly #options: SandboxOptions;
  readonly #engine: Engine;
  readonly #writer: ProgramWriter;

  constructor(engine: Engine, pool: WorkerPool, ports: HostPorts, options: SandboxOptions) {
    this.#engine = engine;
    this.#writer = programWriter(engine, pool);
    const { cacheDir } = options;
    this.#compiler = new ProgramCompiler({
      engine,
      writer: this.#writer,
      cacheDir,
    });
    this.#pool = pool;
    this.#ports = ports;
    this.#options = options;
  }

  /** SHA-256 of the engine, hex, which programs and snapshots belong to. */
  get engineDigest(): string {
    return this.#engine.digest;
  }

  /**
   * Parses, strips types and bundles, without running anything.
   * @throws SandboxError `SYNTAX` or `UNKNOWN_IMPORT` with the place in the source, or what reading
   * an imported file threw
   */
  compile(source: string, options: CompileOptions = {}): Promise<Program> {
    const files = options.files ?? this.#ports.files;
    return this.#compiler.compile(source, { ...options, files });
  }

  /**
   * Reads what `program.toModule()` or `program.toComponent()` gave. The bytes may come from anybody:
   * nothing of them is run but the program that they carry, and that in the sandbox.
   * @throws SandboxError `PROGRAM_REFUSED` for anything else, or a program for another engine
   */
  openProgram(bytes: Uint8Array): Program {
    return createProgram(decodeProgramFile(bytes, this.#engine.digest), this.#writer);
  }

  /**
   * Runs a program, or source that is compiled first, to its end. What the program does wrong is
   * in the outcome, errors of compilation too.
   * @throws SandboxError `USAGE` for options out of range, `ENGINE_FAULT` when the host fails,
   * `ABORTED` when the sandbox was closed before the run could begin
   */
  async run(program: Program | string, options: RunOptions = {}): Promise<RunOutcome> {
    const { outcome } = await this.start(program, options);
    return outcome;
  }

  /**
   * As `run`, but gives the run as soon as it is compiled. It begins when a worker is free, and only
   * then do its clock and its wall time.
   * @throws as `run`
   */
  async start(program: Program | string, options: RunOptions = {}): Promise<Run> {
    const { signal } = options;
    const profile = options.profile ?? this.#options.profile;
    const limits = resolveLimits(profile, { ...this.#options.limits, ...given(options.limits) });
    const args = argsJson(options.args ?? {});
    const runId = parseRunId(options.runId ?? randomUUID());
    const clock = options.startTime ?? Date.now();
    if (Number.isNaN(new Date(clock).getTime())) {
      throw new SandboxError('USAGE', `The start time ${clock} is not a time.`);
    }
    let compiled: Program;
    // Wall time bounds compiling as well: an import can wait for a server that does not answer.
    const wall = AbortSignal.timeout(Math.min(limits.wallMs, maxTimerMs));
    try {
      const stop = signal === undefined ? wall : AbortSignal.any([signal, wall]);
      compiled =
        typeof program === 'string'
          ? await unlessAborted(this.compile(program, options), stop)
          : program;
      checkEntry(compiled, options.entry);
    } catch (error) {
      if (error === wall.reason) {
        return ended(notBegun(runId, atLimit('wall', limits.wallMs), limits.wallMs));
      }
      if (signal?.aborted) return ended(notBegun(runId, aborted('The run was cancelled.')));
      return ended(notBegun(runId, endingOfFailedCompile(error)));
    }
    const seed = seedWords(options.seed);
    options.onBegin?.(compiled, limits);
    return this.#begin(options, {
      origin: { type: 'program', code: compiled.code, entry: options.entry, args, seed },
      program: compiled,
      runId,
      limits,
      clock,
    });
  }

  /**
   * Goes on with a run that was frozen, by this engine in whatever process. Thawing the same bytes
   * again gives another run of its own.
   * @throws SandboxError `SNAPSHOT_REFUSED` for bytes that are not a whole snapshot of this engine,
   * and as `run`
   */
  async thaw(snapshot: Uint8Array, options: ThawOptions = {}): Promise<Run> {
    const most = options.limits?.memoryBytes ?? maxMemoryBytes;
    const { state, notes, blobs } = decodeSnapshot(snapshot, this.#engine, most);
    const before = parseFrozenRun(notes);
    const limits = resolveLimits('moderate', { ...before.limits, ...given(options.limits) });
    return this.#begin(options, {
      origin: { type: 'snapshot', state, before, blobs, seed: options.seed },
      program: { name: before.name, map: before.map, toPosition: positionMapper(before.map) },
      runId: parseRunId(options.runId ?? before.runId),
      limits,
      clock: before.clock + Math.max(0, Date.now() - before.frozenAt),
    });
  }

  /**
   * Goes on with `count` runs from the same point. With a seed each gets random numbers of its own.
   * @throws as `thaw`
   */
  fork(snapshot: Uint8Array, count: number, options: ThawOptions = {}): Promise<Run[]> {
    const { seed } = options;
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        this.thaw(
          snapshot,
          seed === undefined ? options : { ...options, seed: `${seed}/${index}` },
        ),
      ),
    );
  }

  /**
   * A frozen run as a component of its own: standard WebAssembly that imports nothing, which any
   * component runtime goes on with through `deliver` and `collect` (wit/agent.wit, docs/engine.md).
   * The answers that were not handed in are not part of it: hand them in first, in their order.
   * A program that was not started has a `toComponent()` of its own.
   * @throws SandboxError `SNAPSHOT_REFUSED`, as `thaw`
   */
  async toComponent(snapshot: Uint8Array): Promise<Uint8Array> {
    const { state } = decodeSnapshot(snapshot, this.#engine, maxMemoryBytes);
    return standaloneComponent(this.#engine, unpackState(state));
  }

  /** The run begins when a worker is free. */
  #begin(
    options: LiveOptions,
    request: Pick<RunRequest, 'origin' | 'program' | 'runId' | 'limits' | 'clock'>,
  ): Run {
    const { signal, priority = 'normal', onEvent = () => {} } = options;
    const { journal, recorded, timetable } = options;
    if (!priorities.includes(priority)) {
      const known = priorities.join(', ');
      throw new SandboxError('USAGE', `There is no priority named ${priority}: use ${known}.`);
    }
    const ports = { ...this.#ports, ...ownPorts(options) };
    const engineDigest = this.#engine.digest;
    const whole = { ...request, engineDigest, signal, onEvent, journal, recorded, timetable };
    const begun = this.#pool
      .enter({ priority, signal })
      .then((guest) => new LiveRun(guest, ports, whole));
    const outcome = begun.then(
      (live) => live.outcome,
      (error) => {
        if (!signal?.aborted) throw error;
        return notBegun(request.runId, aborted('The run was cancelled.'));
      },
    );
    // Whoever wants it awaits it; a run that nobody awaits must not end the process.
    outcome.catch(() => {});
    const freeze = async (options?: FreezeOptions) => (await begun).freeze(options);
    return { runId: request.runId, outcome, freeze };
  }

  /** Runs that wait for a worker, to begin or to go on. */
  get queued(): number {
    return this.#pool.queued;
  }

  /** Kills what still runs and frees all workers. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#compiler[Symbol.asyncDispose]()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A run that was over before it could begin. */
function ended(outcome: RunOutcome): Run {
  return {
    runId: outcome.runId,
    outcome: Promise.resolve(outcome),
    freeze: async () => {
      throw new SandboxError('ABORTED', 'The run has ended: nothing to freeze.');
    },
  };
}

/** Without the limits that are there but undefined: they must not hide the sandbox's own. */
function given(limits: Partial<Limits> = {}): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

function argsJson(args: JsonValue): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(args);
  } catch (cause) {
    throw new SandboxError('USAGE', 'The arguments of the run cannot be JSON.', { cause });
  }
  if (json === undefined) {
    throw new SandboxError('USAGE', `The arguments of the run cannot be a ${typeof args}.`);
  }
  return json;
}

function endingOfFailedCompile(error: unknown): Ending {
  if (!(error instanceof SandboxError)) throw error;
  const { code, message, hint } = error;
  const text = hint === undefined ? message : `${message}\n${hint}`;
  const name = namesOfCompileErrors.get(code);
  if (name !== undefined) return { status: 'threw', error: ourError(code, name, text) };
  return { status: 'aborted', error: ourError(code, 'SandboxError', text) };
}

const namesOfCompileErrors: ReadonlyMap<string, string> = new Map([
  ['SYNTAX', 'SyntaxError'],
  ['UNKNOWN_IMPORT', 'ImportError'],
  ['NO_RESULT', 'ExportError'],
]);

/** Without those that are there but undefined: they must not hide the sandbox's own. */
function ownPorts({ tools, files, state, search, onExtensionCall }: LiveOptions) {
  return {
    ...(tools && { tools }),
    ...(files && { files }),
    ...(state && { state }),
    ...(search && { search }),
    ...(onExtensionCall && { onExtensionCall }),
  };
}

function parseRunId(runId: string): string {
  if (typeof runId === 'string' && runId.length >= 1 && runId.length <= 200) return runId;
  throw new SandboxError('USAGE', 'The id of a run must be a text of 1 to 200 characters.');
}

function atLeastOne(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SandboxError('USAGE', `${name} must be a whole number from 1, not ${value}.`);
}

/**
 * Loads the engine and readies a first worker.
 * @throws SandboxError `USAGE` for options out of range, `ENGINE_FAULT` when the engine is missing
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  resolveLimits(options.profile, options.limits);
  const workers = atLeastOne('workers', options.workers ?? Math.max(4, 2 * availableParallelism()));
  const guests = atLeastOne('runs', options.runs ?? 256);
  const parkAfterMs = atLeastOne('parkAfterMs', options.parkAfterMs ?? 2_000);
  const first = options.prepared?.take() ?? WorkerThread.loading();
  try {
    const engine = await first.loaded;
    const ports: HostPorts = {
      tools: options.tools ?? noTools,
      files: options.files ?? noFiles,
      state: options.state ?? memoryState(),
      search: options.search ?? noSearch,
      extensions: parseExtensions(options.extensions ?? {}, engine.names),
    };
    const pool = new WorkerPool(engine, { workers, guests, parkAfterMs }, first);
    return new Sandbox(engine, pool, ports, options);
  } catch (error) {
    await first.kill();
    throw error;
  }
}
