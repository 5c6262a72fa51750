import {
  type CallRecord,
  isJsonObject,
  type JsonObject,
  type Limits,
  type LogEntry,
  resolveLimits,
  SandboxError,
} from '@org/core';
import type { Answer } from './host-calls.ts';

/** A call that was open when its run was frozen, and is made again when it is thawed. */
export interface FrozenCall {
  readonly id: number;
  /** Name of the host function, then its arguments. */
  readonly fields: readonly string[];
}

/** What the host has to know of a frozen run: the notes in its snapshot. */
export interface FrozenRun {
  readonly runId: string;
  readonly name: string;
  /** Source map of the program, JSON. */
  readonly map: string;
  readonly limits: Limits;
  readonly fuelUsed: number;
  /** Wall time used; being frozen does not count. */
  readonly elapsedMs: number;
  /** The program's clock, and the host's at the same moment, in milliseconds since 1970. */
  readonly clock: number;
  readonly frozenAt: number;
  readonly logs: readonly LogEntry[];
  readonly logBytes: number;
  readonly calls: readonly CallRecord[];
  readonly bytesFromTools: number;
  readonly open: readonly FrozenCall[];
  /** Answers that came in but were not handed to the guest. */
  readonly answers: readonly { readonly id: number; readonly answer: Answer }[];
}

const numbers = ['fuelUsed', 'elapsedMs', 'clock', 'frozenAt', 'logBytes', 'bytesFromTools'];
const lists = ['logs', 'calls', 'open', 'answers'];

/**
 * The notes of a snapshot, whose checksum has been verified: what is wrong here was written so.
 * @throws SandboxError `SNAPSHOT_REFUSED`
 */
export function parseFrozenRun(notes: JsonObject): FrozenRun {
  const wrong = (what: string, cause?: unknown): never => {
    throw new SandboxError('SNAPSHOT_REFUSED', `The snapshot cannot be thawed: ${what}.`, {
      hint: 'It was not written by this version; run the program again.',
      cause,
    });
  };
  for (const name of numbers) {
    const value = notes[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      wrong(`${name} is amiss`);
  }
  for (const name of lists) if (!Array.isArray(notes[name])) wrong(`${name} is amiss`);
  for (const name of ['runId', 'name', 'map']) {
    if (typeof notes[name] !== 'string') wrong(`${name} is amiss`);
  }
  const { limits } = notes;
  if (!isJsonObject(limits)) return wrong('its limits are amiss');
  try {
    resolveLimits('moderate', limits as Partial<Limits>);
  } catch (cause) {
    wrong('its limits are amiss', cause);
  }
  const run = notes as unknown as FrozenRun;
  for (const { id, fields } of run.open) {
    const sound = Number.isInteger(id) && Array.isArray(fields);
    if (!sound || fields.some((field) => typeof field !== 'string')) wrong('a call is amiss');
  }
  for (const { id, answer } of run.answers) {
    const text = answer.ok ? answer.text : answer.error;
    if (!Number.isInteger(id) || typeof text !== 'string') wrong('an answer is amiss');
  }
  return run;
}
