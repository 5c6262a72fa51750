import type { Runs, UnknownCalls } from '@org/runs';
import type { Sandbox } from '@org/wasm-runtime';
import type { Toolbox } from '../toolbox.ts';
import type { ActiveRuns } from './active-runs.ts';
import type { Checkers } from './checkers.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { RepeatableCalls } from './repeatable-calls.ts';

/** What all clients of a host share. */
export interface HostParts {
  readonly toolbox: Toolbox;
  /** Starts it where it has not been started. */
  readonly sandbox: () => Promise<Sandbox>;
  readonly sessions: LiveSessions;
  /** Left out: runs are not recorded. */
  readonly runs: Runs | undefined;
  /** Left out: programs are not checked. */
  readonly checkers: Checkers | undefined;
  readonly active: ActiveRuns;
  /** What becomes of calls that were sent and never answered, unless the client says. */
  readonly unknownCalls: UnknownCalls;
  readonly repeatable: RepeatableCalls;
}
