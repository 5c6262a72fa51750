import { expect, test } from 'vitest';
import { runReport } from '../../src/debug/run-report.ts';
import { add, addCalls, memoryRuns, outcome } from './kept-runs.ts';

test('runReport() has how a run went, and nothing that passed through it', () => {
  using store = memoryRuns();
  add(store, 'a', { source: 'secret-program', args: { key: 'secret-argument' } });
  addCalls(store, 'a');
  const error = { name: 'TypeError', message: 'secret-message', stack: 'secret-stack' };
  store.end('a', outcome('a', { status: 'threw', error } as never));
  const record = store.get('a');
  if (record === undefined) throw new Error('It is not kept.');
  const report = runReport(record);
  expect(report).toMatchObject({
    run: { runId: 'a', status: 'threw', programCharacters: 14 },
    hostCalls: [
      { id: 1, name: 'callTool', sent: true, answered: 'yes' },
      { id: 2, name: 'sleep', answered: 'yes' },
      { id: 3, name: 'callTool', sent: true, answered: 'no' },
    ],
    outcome: { status: 'threw', name: 'TypeError' },
    logLines: expect.any(Number),
  });
  const text = JSON.stringify(report);
  for (const word of ['secret', 'octo', 'git', 'push', 'half', 'path'])
    expect(text).not.toContain(word);
});
