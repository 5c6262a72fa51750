import type { Blobs } from './blob.ts';
import type { CallRecord } from './run-outcome.ts';

/** A call of a host function, as the program made it. */
export interface HostCall {
  /** Host calls of a run are numbered from 1 as the program makes them. */
  readonly id: number;
  /** `callTool`, `readFile`, `sleep`, …, or the name of an extension. */
  readonly name: string;
  /** Its arguments as texts; for `callTool` server, tool and the parameters' JSON. */
  readonly args: readonly string[];
}

/** An answer for the program: its text, or the JSON of a `CallError`. */
export type HostAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

export interface AnsweredCall {
  readonly id: number;
  readonly answer: HostAnswer;
  /** Of a tool call: what the run's outcome has of it. */
  readonly record?: CallRecord;
  /** Of a tool call: blobs whose handles are in the answer. */
  readonly blobs?: Blobs;
  /** Of a tool call: what is logged when the answer is handed in. */
  readonly warning?: string;
}

/** Answers that were handed in together, and when. A run's steps and answers decide its fuel. */
export interface RunStep {
  /** What the program's clock showed, milliseconds since 1970. */
  readonly clock: number;
  /** Ids of the answered calls, in their order. */
  readonly answers: readonly number[];
  /** Wall time that the run had used, in milliseconds. Left out: not kept. */
  readonly elapsedMs?: number;
  /** What the run had used before it, for people who look at the run. Left out: not kept. */
  readonly used?: { readonly fuel: number; readonly memoryBytes: number };
  /** Text from which random numbers follow from this step on. Left out: they go on. */
  readonly seed?: string;
}

/**
 * Is told of all that decides how a run goes on, each time before it takes effect: what is kept of
 * it lets the run be resumed or repeated. Methods return when it is kept; one that throws a
 * `SandboxError` ends the run as `aborted` with its code, and nothing that it was told of takes
 * effect.
 *
 * `replayed`: the record that the run repeats, or the snapshot that it goes on from, has it already.
 * Who adds to that same record leaves it out; who writes another one has all of it.
 */
export interface RunJournal {
  /** The program has made a call; it has not been carried out. */
  called(call: HostCall, replayed: boolean): void;
  /** A tool call, or one of an extension, leaves: from here on it may have had its effect. */
  sent(id: number, replayed: boolean): void;
  /** The answer has come; the program does not have it. */
  answered(answer: AnsweredCall, replayed: boolean): void;
  /** Answers are handed in. */
  stepped(step: RunStep, replayed: boolean): void;
}

/** A call as a journal has it. Sent and without an answer: whether it took effect is not known. */
export interface RecordedCall extends HostCall, Partial<Omit<AnsweredCall, 'id'>> {
  readonly sent: boolean;
}

/** What a journal was told of a run, up to where it ended or was lost. */
export interface RecordedRun {
  /** In the order in which the program made them. */
  readonly calls: readonly RecordedCall[];
  readonly steps: readonly RunStep[];
}
