import { SandboxError, type StateStore } from '@org/core';
import type { SessionDatabase, SessionKey } from './session-database.ts';

export interface StateCaps {
  /** One value as JSON text, in UTF-8. Default 1 MiB. */
  readonly valueBytes: number;
  /** All keys and values of a session, in UTF-8, and 64 more for each. Default 4 MiB. */
  readonly bytes: number;
}

const defaultStateCaps: StateCaps = { valueBytes: 1024 * 1024, bytes: 4 * 1024 * 1024 };

const maxKeyBytes = 1_024;
const perKey = 64;

/** What a session's programs keep with `setState`: in the database, from where each run reads it. */
export function sessionState(
  database: SessionDatabase,
  session: SessionKey,
  caps: Partial<StateCaps> = {},
): StateStore {
  const { valueBytes, bytes: most } = { ...defaultStateCaps, ...caps };
  return {
    get: async (key) => {
      const id = database.find(session);
      if (id === undefined) return undefined;
      const row = database.get('select json from state where session = ? and key = ?', id, key);
      return row?.json as string | undefined;
    },
    set: async (key, json) => {
      const [keySize, size] = [Buffer.byteLength(key), Buffer.byteLength(json)];
      if (keySize > maxKeyBytes) {
        throw quota(`A key of the state has at most ${maxKeyBytes} bytes, this one ${keySize}.`);
      }
      if (size > valueBytes) {
        const hint = 'Write it to a file in /workspace, or split it over several keys.';
        throw quota(
          `A value of the state has at most ${valueBytes} bytes, this one ${size}.`,
          hint,
        );
      }
      database.change(session, (id) => {
        const before = usage(database, id);
        database.run(
          'insert into state (session, key, json) values (?, ?, ?) on conflict (session, key) do update set json = excluded.json',
          id,
          key,
          json,
        );
        const after = usage(database, id);
        if (after > most && after > before) {
          const what = `The state of this session would take ${after} bytes of ${most} allowed.`;
          throw quota(what, 'Set keys that are no longer needed to null.');
        }
        return after - before;
      });
    },
  };
}

function usage(database: SessionDatabase, id: number): number {
  const row = database.get(
    `select coalesce(sum(octet_length(key) + octet_length(json) + ${perKey}), 0) as bytes from state where session = ?`,
    id,
  );
  return row?.bytes as number;
}

function quota(message: string, hint?: string): SandboxError {
  return new SandboxError('QUOTA_EXCEEDED', message, hint === undefined ? {} : { hint });
}
