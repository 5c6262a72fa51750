import { isJsonObject, type JsonValue, type RecordedRun, type RunStep } from '@org/core';
import { fromTape, isTapedCall, type TapedCall, toTape } from './cassette-calls.ts';
import { isText, jsonFile, parseJsonFile } from './json-file.ts';
import { damaged } from './skill-files.ts';

/** How the recorded run ended. */
export interface TapedOutcome {
  readonly status: string;
  /** The result, the error or the limit. */
  readonly result: JsonValue;
  readonly fuel: number;
}

/** One recorded run: enough to run it again without any server, to the unit of fuel. */
export interface TapedRun {
  readonly args: JsonValue;
  readonly seed: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly engineDigest: string;
  /** Of all host functions, in the order in which the program made them. */
  readonly calls: readonly TapedCall[];
  readonly steps: readonly RunStep[];
  readonly outcome: TapedOutcome;
}

/** What a journal has, as a cassette keeps it: without what time it took. */
export function tapeOf({ calls, steps }: RecordedRun): Pick<TapedRun, 'calls' | 'steps'> {
  return {
    calls: calls.map(toTape),
    steps: steps.map(({ clock, answers }) => ({ clock, answers })),
  };
}

export function runOnTape({ calls, steps }: TapedRun): RecordedRun {
  return { calls: calls.map(fromTape), steps };
}

export const cassetteFile = (runs: readonly TapedRun[]): Uint8Array => jsonFile({ runs });

/**
 * The runs in `cassette.json`. Values in them may be anything: they go to the sandbox, as answers of
 * servers do.
 * @throws SandboxError `SKILL_DAMAGED`
 */
export function parseCassette(skill: string, bytes: Uint8Array): readonly TapedRun[] {
  const { runs } = parseJsonFile(skill, 'cassette.json', bytes);
  if (!Array.isArray(runs) || !runs.every(isRun)) throw damaged(skill, 'cassette.json is amiss');
  return runs as unknown as readonly TapedRun[];
}

function isRun(value: JsonValue): boolean {
  if (!isJsonObject(value) || value.args === undefined) return false;
  const { seed, startTime, engineDigest, calls, steps, outcome } = value;
  return (
    isText(seed) &&
    isTime(startTime) &&
    isText(engineDigest) &&
    Array.isArray(calls) &&
    calls.every(isTapedCall) &&
    Array.isArray(steps) &&
    steps.every(isStep) &&
    isJsonObject(outcome) &&
    isText(outcome.status) &&
    outcome.result !== undefined &&
    Number.isSafeInteger(outcome.fuel)
  );
}

const isTime = (value: unknown): boolean =>
  typeof value === 'number' && !Number.isNaN(new Date(value).getTime());

function isStep(value: JsonValue): boolean {
  if (!isJsonObject(value) || !isTime(value.clock)) return false;
  return Array.isArray(value.answers) && value.answers.every((id) => Number.isSafeInteger(id));
}
