import type { CallPreviewer, FileSystem, StateStore, ToolCaller } from '@org/core';
import type { RunOptions } from '@org/wasm-runtime';
import type { PlannedProgram } from './plan.ts';

/** What a program acts on while it is planned, or while its plan is carried out. */
export interface ActingPorts {
  readonly tools: ToolCaller;
  readonly files: FileSystem;
  readonly state: StateStore;
  /** Options of its run: while it is planned its times are kept, and then they are as they were. */
  readonly timing: Pick<RunOptions, 'journal' | 'timetable'>;
  /**
   * The same for a program that this one calls, such as a skill.
   * @param name what a plan calls it
   * @param callId number of the host call that calls it
   */
  within(name: string, callId: number): ActingPorts;
}

/**
 * Adds tools that are programs themselves: what those do goes through `acting.within(…)`, whose
 * `timing` their runs have. Their seed and start time have to follow from `program`, so that a run of
 * the plan makes the same choices.
 */
export type WithPrograms = (acting: ActingPorts, program: PlannedProgram) => ToolCaller;

/** What a planned program reads from, and a run of its plan acts on. */
export interface PlanPorts {
  readonly tools: ToolCaller;
  /** Says which calls only read, and what the others would answer. */
  readonly preview: CallPreviewer;
  readonly files: FileSystem;
  readonly state: StateStore;
  /** Left out: the program calls no other ones. */
  readonly programs?: WithPrograms;
}
