import { expect, test } from 'vitest';
import { findRun, findRunId } from '../../src/runs/find-run.ts';
import { parseSince } from '../../src/runs/parse-since.ts';
import { runTable, tabbedRuns } from '../../src/runs/run-table.ts';
import { add, memoryRuns, outcome } from './kept-runs.ts';

const ids = [
  ...['4f1c2a00-0000-4000-8000-000000000001', '4f1c2a00-0000-4000-8000-000000000002'],
  '9b000000-0000-4000-8000-000000000003',
];

test('findRunId() takes an id, the beginning of one, and "last"', () => {
  using store = memoryRuns();
  for (const id of ids) add(store, id);
  expect(findRunId(store, ids[0] as string)).toBe(ids[0]);
  expect(findRunId(store, '9B')).toBe(ids[2]);
  expect(findRunId(store, 'last')).toBe(ids[2]);
  expect(findRun(store, '9b').name).toBe('report.ts');
});

test('findRunId() says which runs begin alike, and what was meant', () => {
  using store = memoryRuns();
  expect(() => findRunId(store, 'last')).toThrow(
    expect.objectContaining({ code: 'RUN_NOT_FOUND', message: 'There is no run yet.' }),
  );
  for (const id of ids) add(store, id);
  expect(() => findRunId(store, '4f1c')).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: `2 runs begin with 4f1c: ${ids[1]}, ${ids[0]}.`,
    }),
  );
  expect(() => findRunId(store, '9b00000')).not.toThrow();
  expect(() => findRunId(store, '9b00001')).toThrow(/Did you mean "9b000000"\?/u);
  for (const text of ['', ' ', '%', '*', '../x']) {
    expect(() => findRunId(store, text)).toThrow(
      expect.objectContaining({ code: 'RUN_NOT_FOUND' }),
    );
  }
});

test('lists show hostile names on one line, and cut them on a terminal only', () => {
  using store = memoryRuns();
  add(store, ids[0] as string, { name: `a\u001b[2J\n\tb${'c'.repeat(300)}`, session: 's\t1' });
  store.end(ids[0] as string, outcome(ids[0] as string));
  add(store, ids[2] as string, { mode: 'plan' });
  const runs = store.list({});
  const table = runTable(runs, 80);
  expect(table).toHaveLength(3);
  for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  expect(table[0]).toMatch(/^RUN +STATUS +BEGAN +TOOK +CALLS +PROGRAM$/u);
  expect(table[1]).toMatch(/^9b000000 +running +.* +0 +report\.ts \(plan\)$/u);
  expect(runTable(runs, 40)[1]).toMatch(/^9b000000 {2}running {3}report\.ts \(plan\)$/u);
  const painted = runTable(runs, 80, (status) => `<${status}>`);
  expect(painted[1]).toMatch(/^9b000000 {2}<running {3}>/u);
  for (const width of [1, 9, 12, 20]) {
    for (const one of runTable(runs, width)) expect(one.length).toBeLessThanOrEqual(width);
  }
  const [, line = ''] = tabbedRuns(runs);
  const [id, status, began, , calls, session, name] = line.split('\t');
  expect([id, status, calls, session]).toEqual([ids[0], 'returned', '0', 's 1']);
  expect(new Date(began as string).toISOString()).toBe(began);
  expect(name).toBe(`a b${'c'.repeat(300)}`);
});

test('parseSince() takes spans and dates, and nothing else', () => {
  const now = Date.UTC(2026, 10, 21);
  expect(parseSince('since', '2h', now)).toBe(now - 7_200_000);
  expect(parseSince('since', '3d', now)).toBe(now - 3 * 86_400_000);
  expect(parseSince('since', '2026-11-20')).toBe(Date.UTC(2026, 10, 20));
  for (const text of ['', 'yesterday', '3', '-2h', '1e3d', '2026', `${'9'.repeat(30)}d`]) {
    expect(() => parseSince('since', text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});
