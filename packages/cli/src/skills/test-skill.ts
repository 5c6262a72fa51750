import { canonicalJson, type JsonValue } from '@org/core';
import {
  cassetteFile,
  type ProgramSkill,
  parseCassette,
  runOnTape,
  type TapedRun,
  tapeOf,
} from '@org/skill-store';
import { MemoryJournal, type Program, type Sandbox } from '@org/wasm-runtime';
import { type Comparison, compareRuns, recordedOutcome } from './compare-run.ts';
import { noCalls } from './replay-calls.ts';

/** The recorded runs of a skill. @throws SandboxError `SKILL_DAMAGED` */
export function cassetteOf({ id, files }: ProgramSkill): readonly TapedRun[] {
  const bytes = files.get('cassette.json');
  return bytes === undefined ? [] : parseCassette(id, bytes);
}

export interface TestedRun extends Comparison {
  readonly args: JsonValue;
  /** The run as it is now, to be recorded instead. */
  readonly now: TapedRun;
}

/** Runs a recorded run again, with the recorded answers and no server. */
export async function repeatRun(
  sandbox: Sandbox,
  program: Program,
  recorded: TapedRun,
  signal: AbortSignal,
): Promise<TestedRun> {
  const { args, seed, startTime } = recorded;
  const journal = new MemoryJournal();
  const outcome = await sandbox.run(program, {
    ...{ args, seed, startTime, signal, journal },
    tools: noCalls,
    recorded: { run: runOnTape(recorded), match: 'content' },
  });
  const engineDigest = sandbox.engineDigest;
  const made = { args, seed, startTime, engineDigest };
  const now = { ...made, ...tapeOf(journal.run), outcome: recordedOutcome(outcome) };
  return { args, now, ...compareRuns(recorded, now, engineDigest) };
}

/** The cassette with this run, in place of one with the same arguments. */
export function addRun(runs: readonly TapedRun[], run: TapedRun): Uint8Array {
  const key = canonicalJson(run.args);
  return cassetteFile([...runs.filter(({ args }) => canonicalJson(args) !== key), run]);
}
