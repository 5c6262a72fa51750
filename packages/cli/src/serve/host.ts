import { type Limits, type RunOutcome, SandboxError } from '@org/core';
import type { Runs, UnknownCalls } from '@org/runs';
import {
  type AgentClient,
  type AgentHost,
  type ApprovalRule,
  localPrincipal,
  type TokenStore,
} from '@org/server';
import type { Sandbox } from '@org/wasm-runtime';
import type { Toolbox } from '../toolbox.ts';
import { ActiveRuns } from './active-runs.ts';
import { Checkers } from './checkers.ts';
import { clientApprovals } from './client-approvals.ts';
import { grantFor } from './client-grant.ts';
import type { HostParts } from './host-parts.ts';
import { LiveSessions } from './live-sessions.ts';
import type { RepeatableCalls } from './repeatable-calls.ts';
import { ServedClient } from './served-client.ts';
import { prunedNowAndThen } from './sessions/pruned.ts';
import type { SessionStore } from './sessions/session-store.ts';

export interface HostOptions {
  readonly toolbox: Toolbox;
  /** Starts it where it has not been started; closed by its maker, after the host. */
  readonly sandbox: () => Promise<Sandbox>;
  readonly sessions: SessionStore;
  /** Left out: runs are not recorded. */
  readonly runs: Runs | undefined;
  /** Of clients that have a token. Left out: there are none. */
  readonly tokens?: TokenStore | undefined;
  /** The most that a run may use. */
  readonly limits: Limits;
  /** Who may approve calls, where a client's token does not say. */
  readonly approvals: ApprovalRule;
  /** File of what was approved for always. Left out: the user's. */
  readonly approvalsFile?: string | undefined;
  /** Whether programs are checked before they run. */
  readonly check: boolean;
  readonly unknownCalls: UnknownCalls;
  readonly repeatable: RepeatableCalls;
  /** How long a session that nobody uses stays in memory. */
  readonly idleMs?: number | undefined;
  readonly onRunEnd?: (outcome: RunOutcome) => void;
  /** Told what is not a client's to know. */
  readonly onProblem: (message: string) => void;
}

/** What the server serves: the servers, skills and runs of this process, to each client its own. */
export interface Host extends AgentHost, AsyncDisposable {
  /** Runs that have not ended. */
  readonly running: number;
  /** Suspends the runs under way, to go on later; aborts those that are not recorded. */
  suspendRuns(): Promise<void>;
}

/** @throws SandboxError `USAGE`, `CONFIG_INVALID` */
export async function openHost(options: HostOptions): Promise<Host> {
  const { toolbox, sandbox, sessions: store, runs, tokens, onProblem } = options;
  const active = new ActiveRuns(options.onRunEnd ?? (() => {}));
  const checkers = options.check ? new Checkers(onProblem) : undefined;
  const sessions = new LiveSessions({
    ...{ store, operators: toolbox.observed, onProblem },
    ...(options.idleMs !== undefined && { idleMs: options.idleMs }),
    onEnd: ({ principal, name }) => toolbox.endSession({ principal, session: name }),
  });
  const { unknownCalls, repeatable } = options;
  const parts: HostParts = {
    ...{ toolbox, sandbox, sessions, runs, checkers, active },
    ...{ unknownCalls, repeatable },
  };
  const approvalsOf = await clientApprovals(toolbox.config, options.approvalsFile);
  const { limits, approvals } = options;
  const pruner = prunedNowAndThen(store, onProblem);

  const clientOf = (principal: string): AgentClient => {
    const token = principal === localPrincipal ? undefined : tokens?.grantOf(principal);
    if (principal !== localPrincipal && token === undefined) {
      throw new SandboxError('NOT_ALLOWED', 'This client has no token that is good here.');
    }
    // Its threads start once the client has its first answer, and before it has a program.
    setImmediate(() => sandbox().catch(() => {}));
    return new ServedClient(parts, grantFor(principal, token, { limits, approvals, approvalsOf }));
  };
  return {
    clientOf,
    get running() {
      return active.size;
    },
    suspendRuns: () => active.suspendAll(),
    [Symbol.asyncDispose]: async () => {
      clearInterval(pruner);
      await active.suspendAll();
      await sessions[Symbol.asyncDispose]();
      await checkers?.[Symbol.asyncDispose]();
    },
  };
}
