import type { ObservedStore } from '@org/codegen';
import type { ServerId } from '@org/core';
import type { SessionDatabase, SessionKey } from './session-database.ts';

/** What was learned of results in a session. */
export function sessionTypes(database: SessionDatabase, session: SessionKey): ObservedStore {
  const read = (server: ServerId): string | undefined => {
    const id = database.find(session);
    if (id === undefined) return undefined;
    const sql = 'select text from observed where session = ? and server = ?';
    return database.get(sql, id, server)?.text as string | undefined;
  };
  return {
    read: async (server) => read(server),
    update: async (server, change) => {
      const now = read(server);
      if (change(now) === now) return;
      database.change(session, (id) => {
        const before = read(server);
        const after = change(before);
        if (after === before) return 0;
        if (after === undefined) {
          database.run('delete from observed where session = ? and server = ?', id, server);
        } else {
          database.run(
            'insert into observed (session, server, text) values (?, ?, ?) on conflict (session, server) do update set text = excluded.text',
            id,
            server,
            after,
          );
        }
        return Buffer.byteLength(after ?? '') - Buffer.byteLength(before ?? '');
      });
    },
  };
}
