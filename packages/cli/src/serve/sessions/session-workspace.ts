import { workspaceRoot } from '@org/core';
import type { TextEntry, Workspace, WorkspaceUsage } from '@org/vfs';
import type { SessionDatabase, SessionKey } from './session-database.ts';

const root: TextEntry = { kind: 'folder', bytes: 0 };
const nothing: WorkspaceUsage = { bytes: 0, entries: 0 };

/** The `/workspace` of a session, in the database: all its runs have the same files. */
export function sessionWorkspace(database: SessionDatabase, session: SessionKey): Workspace {
  /** Row of the session, while it is being changed. */
  let changing: number | undefined;
  const row = () => changing ?? database.find(session);
  const usage = (): WorkspaceUsage => {
    const id = row();
    if (id === undefined) return nothing;
    const found = database.get(
      'select coalesce(sum(bytes), 0) as bytes, count(*) as entries from file where session = ?',
      id,
    );
    return { bytes: found?.bytes as number, entries: found?.entries as number };
  };
  const put = (path: string, text: string | null): void => {
    database.run(
      `insert into file (session, path, folder, bytes, text) values (?, ?, ?, ?, ?)
       on conflict (session, path) do update set bytes = excluded.bytes, text = excluded.text`,
      ...[row() as number, path, path.slice(0, path.lastIndexOf('/'))],
      ...[text === null ? 0 : Buffer.byteLength(text), text],
    );
  };
  return {
    usage,
    stat: (path) => {
      if (path === workspaceRoot) return root;
      const id = row();
      const found =
        id === undefined
          ? undefined
          : database.get(
              'select bytes, text is null as folder from file where session = ? and path = ?',
              id,
              path,
            );
      if (found === undefined) return undefined;
      return { kind: found.folder ? 'folder' : 'file', bytes: found.bytes as number };
    },
    read: (path) => {
      const found = database.get(
        'select text from file where session = ? and path = ?',
        row() as number,
        path,
      );
      return found?.text as string;
    },
    names: (folder) => {
      const id = row();
      if (id === undefined) return [];
      const found = database.all(
        'select path from file where session = ? and folder = ?',
        id,
        folder,
      );
      return found.map(({ path }) => (path as string).slice(folder.length + 1));
    },
    makeFolder: (path) => put(path, null),
    write: put,
    change: (work) => {
      database.change(session, (id) => {
        changing = id;
        try {
          const before = usage().bytes;
          work();
          return usage().bytes - before;
        } finally {
          changing = undefined;
        }
      });
    },
  };
}
