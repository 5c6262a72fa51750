import { isJsonObject, type JsonValue } from '@org/core';
import { isText, jsonFile, parseJsonFile } from './json-file.ts';
import { damaged } from './skill-files.ts';

/** A tool call of a recorded run, in the order in which the program made them. */
export interface RecordedCall {
  readonly server: string;
  readonly tool: string;
  readonly params: JsonValue;
  readonly status: 'done' | 'failed' | 'refused' | 'unknown';
  /** What it resolved to; of `done`. */
  readonly value?: JsonValue;
  /** What it rejected with; of all others. */
  readonly error?: JsonValue;
}

/** Answers that were handed to the program together. */
export interface RecordedStep {
  /** What its clock showed then, milliseconds since 1970. */
  readonly clock: number;
  /** Ids of the answered calls, in their order. */
  readonly answers: readonly number[];
}

/** How the recorded run ended. */
export interface RecordedOutcome {
  readonly status: string;
  /** The result, the error or the limit. */
  readonly result: JsonValue;
  readonly fuel: number;
}

/** One recorded run: enough to run it again without any server, to the unit of fuel. */
export interface RecordedRun {
  readonly args: JsonValue;
  readonly seed: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly engineDigest: string;
  readonly calls: readonly RecordedCall[];
  readonly steps: readonly RecordedStep[];
  readonly outcome: RecordedOutcome;
}

export const cassetteFile = (runs: readonly RecordedRun[]): Uint8Array => jsonFile({ runs });

/**
 * The runs in `cassette.json`. Values in them may be anything: they go to the sandbox, as answers of
 * servers do.
 * @throws SandboxError `SKILL_DAMAGED`
 */
export function parseCassette(skill: string, bytes: Uint8Array): readonly RecordedRun[] {
  const { runs } = parseJsonFile(skill, 'cassette.json', bytes);
  if (!Array.isArray(runs) || !runs.every(isRun)) throw damaged(skill, 'cassette.json is amiss');
  return runs as unknown as readonly RecordedRun[];
}

const statuses: readonly unknown[] = ['done', 'failed', 'refused', 'unknown'];

function isRun(value: JsonValue): boolean {
  if (!isJsonObject(value) || value.args === undefined) return false;
  const { seed, startTime, engineDigest, calls, steps, outcome } = value;
  return (
    isText(seed) &&
    isTime(startTime) &&
    isText(engineDigest) &&
    Array.isArray(calls) &&
    calls.every(isCall) &&
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

function isCall(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { server, tool, params, status, value: result, error } = value;
  if (!isText(server) || !isText(tool) || params === undefined) return false;
  if (status === 'done') return result !== undefined;
  return (
    statuses.includes(status) && isJsonObject(error) && isText(error.code) && isText(error.message)
  );
}

function isStep(value: JsonValue): boolean {
  if (!isJsonObject(value) || !isTime(value.clock)) return false;
  return Array.isArray(value.answers) && value.answers.every((id) => Number.isSafeInteger(id));
}
