import type { Limits, ProfileName } from '@org/core';
import type { Extensions } from './extensions.ts';
import type { PreparedSandbox } from './prepare.ts';
import type { RunPorts } from './run-options.ts';

/**
 * For all runs that do not name their own. Without tools every call fails with `UNKNOWN_SERVER`,
 * without files there are none, without a search nothing is found; without a state there is one in
 * memory for the sandbox's lifetime.
 */
export interface SandboxOptions extends RunPorts {
  /** Host functions of your own, which programs find as globals. */
  readonly extensions?: Extensions;
  /** Limits of runs that do not name others. Default `moderate`. */
  readonly profile?: ProfileName;
  /** Put over the profile's limits. */
  readonly limits?: Partial<Limits>;
  /** Threads, and so most runs that compute at one time. Default: twice the processors, at least 4. */
  readonly workers?: number;
  /**
   * Most runs that have begun and not ended, waiting ones included; further ones wait to begin.
   * A waiting run takes about 0.1 MB. Default: 256.
   */
  readonly runs?: number;
  /**
   * A run that has waited this long gives its worker and memory back, and goes on from bytes.
   * Where others want its worker it does so at once. Default: 2,000.
   */
  readonly parkAfterMs?: number;
  /**
   * Folder on the disk in which compiled programs are kept, by content, for all processes of this
   * user; up to 64 MiB. Whoever can write to it can change the programs. Default: memory only.
   */
  readonly cacheDir?: string;
  /** What `prepareSandbox` has begun to start. Left out, or used before: it starts now. */
  readonly prepared?: PreparedSandbox | undefined;
}
