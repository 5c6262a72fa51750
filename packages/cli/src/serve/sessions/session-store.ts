import type { ObservedStore } from '@org/codegen';
import type { StateStore } from '@org/core';
import type { Workspace } from '@org/vfs';
import { type SessionCaps, SessionDatabase, type SessionKey } from './session-database.ts';
import { type StateCaps, sessionState } from './session-state.ts';
import { sessionTypes } from './session-types.ts';
import { sessionWorkspace } from './session-workspace.ts';

/** What lasts of a session. Nothing is kept of one that has written nothing. */
export interface StoredSession {
  readonly state: StateStore;
  readonly workspace: Workspace;
  readonly observed: ObservedStore;
}

export interface SessionStoreOptions {
  readonly file: string;
  /** How long a session is kept that nobody uses. Default: 30 days. */
  readonly retentionMs?: number;
  readonly caps?: Partial<SessionCaps>;
  readonly stateCaps?: Partial<StateCaps>;
}

const defaultRetentionMs = 30 * 24 * 60 * 60_000;

/** What sessions keep over the end of the process, in one file that several processes may use. */
export class SessionStore implements Disposable {
  readonly #database: SessionDatabase;
  readonly #retentionMs: number;
  readonly #stateCaps: Partial<StateCaps>;

  /** @throws SandboxError `USAGE`: the file cannot be used */
  constructor({ file, retentionMs, caps, stateCaps }: SessionStoreOptions) {
    this.#database = new SessionDatabase(file, caps);
    this.#retentionMs = retentionMs ?? defaultRetentionMs;
    this.#stateCaps = stateCaps ?? {};
  }

  open(session: SessionKey): StoredSession {
    return {
      state: sessionState(this.#database, session, this.#stateCaps),
      workspace: sessionWorkspace(this.#database, session),
      observed: sessionTypes(this.#database, session),
    };
  }

  /** Names of the principal's sessions that keep something, the one used last first. */
  names(principal: string): readonly string[] {
    const rows = this.#database.all(
      'select name from session where principal = ? order by used desc, name',
      principal,
    );
    return rows.map(({ name }) => name as string);
  }

  /** Forgets all of a session. */
  remove({ principal, name }: SessionKey): void {
    this.#database.run('delete from session where principal = ? and name = ?', principal, name);
  }

  /** Forgets the sessions that nobody has used for the retention. Gives their number. */
  prune(now = Date.now()): number {
    return this.#database.run('delete from session where used < ?', now - this.#retentionMs);
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }
}
