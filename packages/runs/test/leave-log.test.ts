import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRunStore } from '../src/index.ts';
import { fixture, scratchFolder } from './harness.ts';

const logPages = 256;
const pageBytes = 4_096;

/** Processes that record these runs one after another. */
function record(file: string, ...spans: readonly (readonly [number, number])[]): void {
  for (const span of spans) {
    execFileSync(process.execPath, [fixture('leave-log.ts'), file, ...span.map(String)]);
  }
}

test('a process that leaves the log writes nothing into the file, and the next one has it all', () => {
  const file = path.join(scratchFolder(), 'runs.db');
  openRunStore({ path: file })[Symbol.dispose]();
  const before = statSync(file).mtimeMs;
  record(file, [1, 1], [2, 2]);
  expect(statSync(file).mtimeMs).toBe(before);
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
  expect(readdirSync(`${file}.hosts`)).toEqual([]);
  const store = openRunStore({ path: file });
  onTestFinished(() => store[Symbol.dispose]());
  expect(store.list({}).map(({ runId, status }) => [runId, status])).toEqual([
    ['r2', 'lost'],
    ['r1', 'lost'],
  ]);
  store[Symbol.dispose]();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

test('the log that is left behind stays small', () => {
  const file = path.join(scratchFolder(), 'runs.db');
  record(file, [1, 400], [401, 800]);
  // A commit that passes the bound is the last one before the log begins anew.
  expect(statSync(`${file}-wal`).size).toBeLessThan((logPages + 64) * (pageBytes + 24));
  expect(statSync(file).size).toBeGreaterThan(0);
  const store = openRunStore({ path: file });
  onTestFinished(() => store[Symbol.dispose]());
  expect(store.list({ limit: 1_000 })).toHaveLength(800);
});
