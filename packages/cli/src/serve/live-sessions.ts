import { createObservedTypes, type ObservedTypes } from '@org/codegen';
import { type SessionLearning, sessionLearning } from './session-learning.ts';
import type { SessionKey } from './sessions/session-database.ts';
import type { SessionStore, StoredSession } from './sessions/session-store.ts';

/** A session that somebody uses, or used a moment ago. */
export interface LiveSession extends StoredSession {
  readonly key: SessionKey;
  readonly learning: SessionLearning;
}

export interface LiveSessionsOptions {
  readonly store: SessionStore;
  readonly operators: Pick<ObservedTypes, 'typesOf'>;
  /** After so long without a run, what is in memory of a session goes. Default: 30 minutes. */
  readonly idleMs?: number;
  /** Sessions in memory that nobody uses at the moment; those used longest ago go. Default: 1,000. */
  readonly most?: number;
  /** Told of each that has gone from memory. */
  readonly onEnd: (session: SessionKey) => void;
  readonly onProblem: (message: string) => void;
}

interface Kept {
  readonly session: LiveSession;
  users: number;
  usedAt: number;
}

const defaultIdleMs = 30 * 60_000;
const defaultMost = 1_000;
const sweepMs = 60_000;

/** What is in memory of sessions; what lasts of them is in their store. */
export class LiveSessions implements AsyncDisposable {
  readonly #options: LiveSessionsOptions;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.sweep(), sweepMs).unref();
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The session, which stays in memory while `work` is under way. */
  async use<Result>(key: SessionKey, work: (session: LiveSession) => Promise<Result>) {
    const name = JSON.stringify([key.principal, key.name]);
    const kept = this.#kept.get(name) ?? { session: this.#open(key), users: 0, usedAt: 0 };
    kept.users++;
    this.#touch(name, kept);
    try {
      return await work(kept.session);
    } finally {
      await kept.session.learning.flush();
      kept.users--;
      this.#touch(name, kept);
      this.sweep();
    }
  }

  #touch(name: string, kept: Kept): void {
    kept.usedAt = Date.now();
    this.#kept.delete(name);
    this.#kept.set(name, kept);
  }

  #open(key: SessionKey): LiveSession {
    const { store, operators, onProblem } = this.#options;
    const stored = store.open(key);
    const own = createObservedTypes({ store: stored.observed, onProblem });
    return { key, ...stored, learning: sessionLearning(operators, own) };
  }

  /** Lets go of what nobody has used for long, and of what is too much. */
  sweep(now = Date.now()): void {
    const { idleMs = defaultIdleMs, most = defaultMost, onEnd } = this.#options;
    for (const [name, { session, users, usedAt }] of this.#kept) {
      if (users > 0) continue;
      if (now - usedAt < idleMs && this.#kept.size <= most) break;
      this.#kept.delete(name);
      onEnd(session.key);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#kept.values()].map(({ session }) => session.learning.flush()));
  }
}
