import type { JsonValue, Limits, ProfileName } from '@org/core';
import { parseArgs } from '../flag-values.ts';
import { type LimitTexts, limitsOf } from './live-flags.ts';

export interface RunFlags extends LimitTexts {
  readonly profile: ProfileName;
  readonly entry: string | undefined;
  readonly args: string | undefined;
  readonly seed: string | undefined;
}

/** What the flags of `execute` say of a run. */
export interface RunOptionsOfFlags {
  readonly name: string;
  readonly profile: ProfileName;
  readonly limits: Partial<Limits>;
  readonly args?: JsonValue;
  readonly entry?: string;
  readonly seed?: string;
}

/** @throws SandboxError `USAGE`, or as `parseArgs` */
export async function runOptionsOf(
  { name }: { readonly name: string },
  flags: RunFlags,
): Promise<RunOptionsOfFlags> {
  const { profile, entry, seed } = flags;
  const limits = limitsOf(flags);
  return {
    ...{ name, profile, limits },
    ...(flags.args === undefined ? {} : { args: await parseArgs(flags.args) }),
    ...(entry === undefined ? {} : { entry }),
    ...(seed === undefined ? {} : { seed }),
  };
}
