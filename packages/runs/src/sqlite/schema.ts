import { SandboxError } from '@org/core';
import { type Database, damagedStore } from './database.ts';

/** `runs` in ASCII: marks the file as a store of runs. */
const applicationId = 0x72756e73;
const version = 1;

/**
 * `runs.status` is as its owner left it; whether the owner lives is another matter (host-lock.ts).
 * Long texts come last, so that lists need not read them.
 */
const tables = `
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  uses INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  session TEXT,
  principal TEXT,
  parent_run TEXT,
  parent_as TEXT,
  parent_step INTEGER,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  host TEXT,
  pid INTEGER NOT NULL,
  hostname TEXT NOT NULL,
  requested TEXT,
  calls INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  incomplete INTEGER NOT NULL DEFAULT 0,
  engine TEXT NOT NULL,
  seed TEXT NOT NULL,
  start_time REAL NOT NULL,
  entry TEXT,
  program TEXT,
  source TEXT,
  snapshot TEXT,
  snapshot_seq INTEGER NOT NULL DEFAULT 0,
  limits TEXT,
  context TEXT,
  args TEXT NOT NULL,
  outcome TEXT
) STRICT;
CREATE INDEX runs_of_status ON runs (status, ended_at);
CREATE INDEX runs_of_session ON runs (session) WHERE session IS NOT NULL;
CREATE INDEX runs_of_principal ON runs (principal) WHERE principal IS NOT NULL;
CREATE INDEX runs_of_parent ON runs (parent_run) WHERE parent_run IS NOT NULL;
CREATE INDEX runs_of_host ON runs (host) WHERE host IS NOT NULL;

CREATE TABLE journal (
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  type INTEGER NOT NULL,
  call INTEGER NOT NULL,
  data TEXT NOT NULL,
  more TEXT,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  run INTEGER NOT NULL,
  handle TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (run, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE asks (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  call INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sendings INTEGER,
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  params TEXT NOT NULL,
  definition TEXT,
  asked_at INTEGER NOT NULL,
  verdict TEXT,
  decided_at INTEGER,
  decided_by TEXT,
  terms TEXT
) STRICT;
CREATE INDEX asks_of_run ON asks (run, call);
CREATE INDEX open_asks ON asks (run) WHERE verdict IS NULL;

-- Runs that were removed, whose rows are deleted bit by bit.
CREATE TABLE removed (run INTEGER PRIMARY KEY) STRICT;

PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${version};
`;

const number = (database: Database, pragma: string): number =>
  Object.values(database.get<Record<string, number>>(`PRAGMA ${pragma}`) ?? { none: 0 })[0] ?? 0;

/**
 * Makes a new database a store, and sees that one that is there is a store of this version.
 * @throws SandboxError `STORE_TOO_NEW`, `STORE_DAMAGED` for what is something else
 */
export function prepareSchema(database: Database): void {
  // Of one moment: another process may be making it.
  const isNew = !database.reading(() => isStore(database));
  if (isNew) {
    // Returns disk space as runs are removed; it can be chosen for an empty file only.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL');
  }
  database.exec(`
    PRAGMA synchronous = NORMAL;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
  `);
  if (!isNew) return;
  database.transaction(() => {
    // Another process may have been first.
    if (!isStore(database)) database.exec(tables);
  });
}

function isStore(database: Database): boolean {
  const found = number(database, 'user_version');
  if (number(database, 'application_id') === applicationId) {
    if (found === version) return true;
    throw new SandboxError(
      'STORE_TOO_NEW',
      `The store of runs ${database.path} has version ${found}, this is version ${version}.`,
      { hint: 'Use the version of the program that wrote it, or a newer one.' },
    );
  }
  if (number(database, 'schema_version') === 0) return false;
  throw damagedStore(database.path, 'it is a database of something else');
}
