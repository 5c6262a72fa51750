import {
  type CallRecord,
  isJsonObject,
  type JsonObject,
  type Limits,
  type LogEntry,
  resolveLimits,
  SandboxError,
} from '@org/core';
import type { Answered } from './step-script.ts';

/** A call that was open when its run was frozen, and is made again when it is thawed. */
export interface FrozenCall {
  readonly id: number;
  /** Name of the host function, then its arguments. */
  readonly fields: readonly string[];
  /** Of a timer: what is left of it, in milliseconds. */
  readonly leftMs?: number;
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
  readonly answers: readonly Answered[];
  /** How often answers were handed in. */
  readonly steps: number;
  /** Tools that a warning was logged of. */
  readonly warned: readonly string[];
}

const noWarning = { tool: '', message: '' };
const numbers = [
  'fuelUsed',
  'elapsedMs',
  'clock',
  'frozenAt',
  'logBytes',
  'bytesFromTools',
  'steps',
];
const lists = ['logs', 'calls', 'open', 'answers', 'warned'];

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
  for (const { id, fields, leftMs = 0 } of run.open) {
    const sound = Number.isInteger(id) && Array.isArray(fields) && Number.isFinite(leftMs);
    if (!sound || fields.some((field) => typeof field !== 'string')) wrong('a call is amiss');
  }
  for (const { id, answer, warning = noWarning } of run.answers) {
    const texts = [answer.ok ? answer.text : answer.error, warning.tool, warning.message];
    const sound = Number.isInteger(id) && texts.every((text) => typeof text === 'string');
    if (!sound) wrong('an answer is amiss');
  }
  return run;
}
