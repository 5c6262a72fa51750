import path from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../src/sqlite/database.ts';
import { prepareSchema } from '../src/sqlite/schema.ts';
import { scratchFolder } from './harness.ts';

let asked = 0;
/** 1: NORMAL, a commit is written. 2: FULL, it is on the disk. Each text is compiled anew. */
const synchronous = (database: Database) =>
  Object.values(database.get<object>(`PRAGMA synchronous -- ${asked++}`) ?? {})[0];

test('surviving() commits to the disk each time, and nothing else does', () => {
  using database = new Database(path.join(scratchFolder(), 'runs.db'));
  prepareSchema(database);
  const within: unknown[] = [];
  for (let time = 0; time < 3; time++) {
    database.surviving(() => within.push(synchronous(database)));
    within.push(synchronous(database));
  }
  expect(within).toEqual([2, 1, 2, 1, 2, 1]);
  const failing = () =>
    database.surviving(() => {
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(synchronous(database)).toBe(1);
});
