import type { CallRecord } from '@org/core';
import { expect, test } from 'vitest';
import { statisticsOf, statisticsText } from '../../src/runs/statistics.ts';
import { add, memoryRuns, outcome } from './kept-runs.ts';

const call = (tool: string, ms: number, more: Partial<CallRecord> = {}): CallRecord => ({
  ...{ server: 'git', tool, status: 'done', ms, bytes: 400, cached: false, ...more },
});

test('statisticsOf() sums what runs used and what tools took', () => {
  using store = memoryRuns();
  add(store, 'a');
  const usage = { ...outcome('a').usage, bytesFromTools: 4_000, bytesReturned: 400 };
  const calls = [
    ...Array.from({ length: 20 }, (_, index) => call('log', index + 1)),
    call('log', 100, { cached: true }),
    call('push\u001b[2J', 5, { status: 'unknown', bytes: 0 }),
  ];
  store.end('a', outcome('a', { usage, calls }));
  add(store, 'b');
  store.end('b', outcome('b', { calls: [call('log', 1, { status: 'failed' })] }));
  add(store, 'c');
  const found = statisticsOf(store);
  expect(found).toMatchObject({
    runs: { total: 3, byStatus: { returned: 2, running: 1 }, wallMs: 80, fuel: 2_000 },
    tokens: { returned: 100, keptOut: 900 },
    cache: { calls: 23, cached: 1 },
    tools: [
      { tool: 'log', calls: 22, failed: 1, cached: 1, ms: { median: 11, p95: 20 } },
      { tool: 'push\u001b[2J', calls: 1, unknown: 1 },
    ],
  });
  const text = statisticsText(found, 100);
  expect(text).toContain('Cache: 1 of 23 calls, 4 %');
  expect(text).toMatch(
    /git\.log .* 22 calls, median 11 ms, p95 20 ms, 8\.6 KiB, 1 failed, 1 cached/u,
  );
  expect(text).not.toContain('\u001b');
  expect(statisticsText(found, 40, 'tools').split('\n')).toEqual([
    ...['Tools:', '  git.log', '    22 calls, median 11 ms, p95 20 ms,'],
    ...['    8.6 KiB, 1 failed, 1 cached', '  git.push\\u{001b}[2J'],
    ...['    1 call, median 5 ms, p95 5 ms, 0 B,', '    1 unknown', ''],
  ]);
  expect(statisticsText(found, 100, 'cache')).toBe('Cache: 1 of 23 calls, 4 %\n');
});

test('statisticsOf() goes through more runs than a page has', () => {
  using store = memoryRuns();
  for (let index = 0; index < 1_203; index++) add(store, `run-${index}`);
  expect(statisticsOf(store).runs.total).toBe(1_203);
  expect(statisticsText(statisticsOf(memoryRuns()), 100)).toContain('Runs: 0');
});

test('where no tool was called it says so', () => {
  using store = memoryRuns();
  expect(statisticsText(statisticsOf(store), 100, 'tools')).toBe('Tools: none were called\n');
});
