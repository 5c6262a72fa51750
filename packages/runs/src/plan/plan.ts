import type { JsonObject, JsonValue, Limits } from '@org/core';
import type { TimedStep } from '@org/wasm-runtime';

/** What the approved run is made of: with the same seed and clock the program makes the same choices. */
export interface PlannedProgram {
  readonly source: string;
  /** What the agent calls the program's file. */
  readonly name?: string;
  readonly entry?: string;
  readonly args: JsonValue;
  readonly seed: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly limits: Limits;
}

/** When a program got its answers, together or one after the other, and what its clock showed then. */
export interface PlannedTimes {
  /** Host calls through which the program was called, outermost first; none for the planned one. */
  readonly of: readonly number[];
  readonly steps: readonly TimedStep[];
}

/** The answer of an earlier effect, or a part of it. */
export interface EffectAnswer {
  /** Number of the effect whose answer it is. */
  readonly effect: number;
  /** JSON pointer (RFC 6901) into that answer. */
  readonly path: string;
}

/** A value in an effect's parameters that is not known before an earlier effect is carried out. */
export interface Dependence {
  /** JSON pointer into `params`. There, the plan has a value that it made up. */
  readonly at: string;
  /**
   * What is there: texts as they are, and parts of answers; a single one is that value itself. Empty
   * where it is not known how the answer comes in, such as in a name or as a piece of a value.
   */
  readonly parts: readonly (string | EffectAnswer)[];
}

/** Something that the program would have changed. All text in it is hostile. */
export interface PlannedEffect {
  /** From 1, in the order in which the program made them. */
  readonly effect: number;
  /** `call`: of a tool. `extension`: of a host function of the embedder. `file`: a file is written. `state`: a value is kept for the session. */
  readonly kind: 'call' | 'extension' | 'file' | 'state';
  /** The programs through which the planned one does it, outermost first. Left out: it does it itself. */
  readonly by?: readonly string[];
  /** Of a `call`. */
  readonly server?: string;
  /** `writeFile` for `file`, `setState` for `state`. */
  readonly tool: string;
  /** In full. `file`: `path` and `text`; `state`: `key` and `json`; `extension`: `args`. */
  readonly params: JsonObject;
  /** Of the tool's definition when the plan was made. */
  readonly definitionDigest?: string;
  readonly dependsOn: readonly Dependence[];
  /** One of `dependsOn` has no parts: this effect is asked about when it is made. */
  readonly asks: boolean;
}

/** Why a plan does not have all that the program does. */
export interface PlanStop {
  /** Where the program stopped at a call. */
  readonly call?: { readonly server?: string; readonly tool: string; readonly params: JsonValue };
  readonly because: string;
}

export interface PlannedReads {
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
  /** Of these: answered with made-up values, since they asked for what an effect would have made. */
  readonly madeUp: number;
}

/** What a program would do, found out by running it with its writes withheld. */
export interface Plan {
  readonly format: 'mcp-cli.plan';
  readonly version: 2;
  /** SHA-256 of the canonical JSON of all the rest, hex: what a person approves. */
  readonly digest: string;
  /** `partial`: the program may do more than is listed, and `stop` says why. */
  readonly status: 'complete' | 'partial';
  readonly stop?: PlanStop;
  readonly program: PlannedProgram;
  readonly engineDigest: string;
  /** In the order in which the program made them. */
  readonly effects: readonly PlannedEffect[];
  /** Of the planned program and of those that it called, so that a run of the plan sees the same times. */
  readonly times: readonly PlannedTimes[];
  /** Calls that were let through, because they only read. */
  readonly reads: readonly PlannedReads[];
  /** What the program returned; made-up values may be in it. */
  readonly value?: JsonValue;
}
