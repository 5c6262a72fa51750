import path from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../src/sqlite/database.ts';
import { prepareSchema } from '../src/sqlite/schema.ts';
import { scratchFolder } from './harness.ts';

/** A connection beside which something happens after one of its reads. */
class Disturbed extends Database {
  #left: number;
  readonly #disturb: () => void;

  constructor(file: string, after: number, disturb: () => void) {
    super(file);
    this.#left = after;
    this.#disturb = disturb;
  }

  override get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    const row = super.get<Row>(sql, ...values);
    this.#left--;
    if (this.#left === 0) this.#disturb();
    return row;
  }
}

test.each([1, 2, 3])(
  'a store that another process makes between two looks is a store: after look %i',
  (after) => {
    const file = path.join(scratchFolder(), 'runs.db');
    const other = new Database(file);
    onTestFinished(() => other[Symbol.dispose]());
    // So that it can write while the other one reads.
    other.exec('PRAGMA journal_mode = WAL');
    let made = 0;
    const disturbed = new Disturbed(file, after, () => {
      prepareSchema(other);
      made++;
    });
    onTestFinished(() => disturbed[Symbol.dispose]());
    prepareSchema(disturbed);
    expect(made).toBe(1);
    expect(disturbed.get('select count(*) as runs from runs')).toEqual({ runs: 0 });
  },
);
