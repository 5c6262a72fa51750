import { canonicalJson, type JsonValue } from '@org/core';
import {
  cassetteFile,
  type ProgramSkill,
  parseCassette,
  type RecordedCall,
  type RecordedRun,
  type RecordedStep,
} from '@org/skill-store';
import type { Program, Sandbox } from '@org/wasm-runtime';
import { type Comparison, compareRuns, recordedOutcome } from './compare-run.ts';
import { recordCalls } from './record-calls.ts';
import { replayCalls } from './replay-calls.ts';

/** The recorded runs of a skill. @throws SandboxError `SKILL_DAMAGED` */
export function cassetteOf({ id, files }: ProgramSkill): readonly RecordedRun[] {
  const bytes = files.get('cassette.json');
  return bytes === undefined ? [] : parseCassette(id, bytes);
}

export interface TestedRun extends Comparison {
  readonly args: JsonValue;
  /** The run as it is now, to be recorded instead. */
  readonly now: RecordedRun;
}

/** Runs a recorded run again, with the recorded answers and no server. */
export async function repeatRun(
  sandbox: Sandbox,
  program: Program,
  recorded: RecordedRun,
  signal: AbortSignal,
): Promise<TestedRun> {
  const { args, seed, startTime } = recorded;
  const { tools, calls } = recordCalls(replayCalls(recorded.calls));
  const steps: RecordedStep[] = [];
  const outcome = await sandbox.run(program, {
    ...{ args, seed, startTime, signal, tools },
    steps: recorded.steps,
    onStep: (step) => steps.push(step),
  });
  const engineDigest = sandbox.engineDigest;
  const now = {
    args,
    seed,
    startTime,
    engineDigest,
    calls,
    steps,
    outcome: recordedOutcome(outcome),
  };
  return { args, now, ...compareRuns(recorded, now, engineDigest) };
}

/** The cassette with this run, in place of one with the same arguments. */
export function addRun(runs: readonly RecordedRun[], run: RecordedRun): Uint8Array {
  const key = canonicalJson(run.args);
  return cassetteFile([...runs.filter(({ args }) => canonicalJson(args) !== key), run]);
}

export type { RecordedCall };
