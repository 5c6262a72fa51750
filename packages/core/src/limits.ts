import { SandboxError } from './errors.ts';

/** The bounds of one run. Every bound ends the run when it is passed; none can be caught inside. */
export interface Limits {
  /** Counted work: one unit per repetition of a loop and per longer call in the metered engine. */
  readonly fuel: number;
  /**
   * Linear memory of the engine instance, its own 9.5 MB included. What the host holds for calls
   * under way (their arguments, and answers not yet taken) may be as much again.
   */
  readonly memoryBytes: number;
  /** From the start of the run to its end, waiting for tools included. */
  readonly wallMs: number;
  /** Tool calls in all, calls of methods (`methodName`) among them. */
  readonly toolCalls: number;
  /** Tool calls under way at one time; further ones wait, which ends nothing. */
  readonly parallelToolCalls: number;
  /** The result as JSON text in UTF-8, as the program gave it: with handles for blobs. */
  readonly outputBytes: number;
  /** All log lines together, in UTF-8: message, fields, level, and 24 bytes more for each line. */
  readonly logBytes: number;
}

export type ProfileName = 'strict' | 'moderate' | 'permissive';

const MiB = 1024 * 1024;

/** Nesting that a result or a parameter may have. The same in every profile. */
export const maxDepth = 256;

export const profiles: Readonly<Record<ProfileName, Limits>> = Object.freeze({
  strict: Object.freeze({
    fuel: 5_000_000_000,
    memoryBytes: 128 * MiB,
    wallMs: 30_000,
    toolCalls: 100,
    parallelToolCalls: 8,
    outputBytes: 1 * MiB,
    logBytes: 256 * 1024,
  }),
  moderate: Object.freeze({
    fuel: 10_000_000_000,
    memoryBytes: 256 * MiB,
    wallMs: 60_000,
    toolCalls: 1_000,
    parallelToolCalls: 16,
    outputBytes: 4 * MiB,
    logBytes: 1 * MiB,
  }),
  permissive: Object.freeze({
    fuel: 20_000_000_000,
    memoryBytes: 512 * MiB,
    wallMs: 120_000,
    toolCalls: 5_000,
    parallelToolCalls: 32,
    outputBytes: 16 * MiB,
    logBytes: 4 * MiB,
  }),
});

/**
 * The limits of `profile` with `overrides` put over them.
 * @throws SandboxError `USAGE`: an unknown profile or limit, or one that is not a positive whole
 * number
 */
export function resolveLimits(
  profile: ProfileName = 'moderate',
  overrides: Partial<Limits> = {},
): Limits {
  if (!Object.hasOwn(profiles, profile)) {
    const known = Object.keys(profiles).join(', ');
    throw new SandboxError('USAGE', `There is no profile named ${profile}: use ${known}.`);
  }
  const limits: Record<string, number> = { ...profiles[profile] };
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(limits, name)) {
      const known = Object.keys(limits).join(', ');
      throw new SandboxError('USAGE', `There is no limit named ${name}: use ${known}.`);
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new SandboxError(
        'USAGE',
        `The limit ${name} must be a whole number from 1, not ${value}.`,
      );
    }
    limits[name] = value;
  }
  return Object.freeze(limits) as unknown as Limits;
}
