import type {
  FileSystem,
  JsonValue,
  Limits,
  ProfileName,
  RunJournal,
  StateStore,
  ToolCaller,
  ToolSearch,
} from '@org/core';
import type { ExtensionGate } from './extensions.ts';
import type { Program } from './program.ts';
import type { CompileOptions } from './program-compiler.ts';
import type { Priority } from './ready-queue.ts';
import type { ReplayOptions } from './replay-options.ts';
import type { RunEvent } from './run-event.ts';
import type { TimedStep } from './timetable.ts';

/** What answers the host calls of programs. */
export interface RunPorts {
  /** Answers `callTool`. */
  readonly tools?: ToolCaller;
  /** Files that programs import, read and write. */
  readonly files?: FileSystem;
  /** Behind `getState` and `setState`. */
  readonly state?: StateStore;
  /** Behind `searchTools`. */
  readonly search?: ToolSearch;
}

/** What a run that starts and one that is thawed have in common; its ports replace the sandbox's. */
export interface LiveOptions extends RunPorts {
  /** Cancels the run; its outcome is then `aborted`. */
  readonly signal?: AbortSignal;
  /** Which of two runs gets a worker first. Default `normal`. */
  readonly priority?: Priority;
  /**
   * Called for each tool call that has ended and each log line; `replayed` are those of a repeated
   * part. Must not throw.
   */
  readonly onEvent?: (event: RunEvent) => void;
  /** Decides on the calls of extensions. Default: they are carried out. */
  readonly onExtensionCall?: ExtensionGate;
  /** Of up to 200 characters. Default: a random UUID, or that of the frozen run. */
  readonly runId?: string;
  /** Is told of every host call, answer and step. */
  readonly journal?: RunJournal;
  /** What is known of the run's course, from an earlier one's journal. */
  readonly recorded?: ReplayOptions;
  /**
   * Of another run of the same program, from its first step: answers are handed in together and in the
   * order in which that one had them, and the clock shows its times. Those of calls that this run does
   * not make end it; from there on the run goes on by itself. Default: answers go in as they come.
   */
  readonly timetable?: readonly TimedStep[];
}

export interface RunOptions extends LiveOptions, CompileOptions {
  /** Name of the export that is the result. Default: the default export, or nothing. */
  readonly entry?: string;
  /** Given to the entry if it is a function, and its global `args`. Default `{}`. */
  readonly args?: JsonValue;
  readonly profile?: ProfileName;
  readonly limits?: Partial<Limits>;
  /** Text from which all random numbers of the run follow. Default: another one each time. */
  readonly seed?: string;
  /** What the program's clock shows at its start, in milliseconds since 1970. Default: now. */
  readonly startTime?: number;
  /**
   * Told of the program and the limits that hold, before the run begins; not called for a program
   * that cannot be compiled. What it throws, `start` throws.
   */
  readonly onBegin?: (program: Program, limits: Limits) => void;
}

export interface ThawOptions extends LiveOptions {
  /** Put over the limits that the run was frozen with. What it used before still counts. */
  readonly limits?: Partial<Limits>;
  /**
   * Text from which all further random numbers follow; with recorded steps, those after them.
   * Default: as if it had not been frozen.
   */
  readonly seed?: string;
}
