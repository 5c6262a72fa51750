import type { Limits, ProfileName } from '@org/core';
import type { Extensions } from './extensions.ts';
import type { RunPorts } from './run-options.ts';
import type { EngineOptions, StartedEngine } from './start-engine.ts';

/**
 * For all runs that do not name their own. Without tools every call fails with `UNKNOWN_SERVER`,
 * without files there are none, without a search nothing is found; without a state there is one in
 * memory for the sandbox's lifetime.
 */
export interface SandboxOptions extends RunPorts, EngineOptions {
  /** Host functions of your own, which programs find as globals. */
  readonly extensions?: Extensions;
  /** Limits of runs that do not name others. Default `moderate`. */
  readonly profile?: ProfileName;
  /** Put over the profile's limits. */
  readonly limits?: Partial<Limits>;
  /**
   * From `startEngine()`, for this sandbox alone, which closes it. Its threads are as it was started.
   */
  readonly engine?: StartedEngine;
  /**
   * Folder on the disk in which compiled programs are kept, by content, for all processes of this
   * user; up to 64 MiB. Whoever can write to it can change the programs. Default: memory only.
   */
  readonly cacheDir?: string;
}
