import { nothingUsed, profiles, type RunOutcome } from '@org/core';
import { type NewRun, openRunStore, type RunStore } from '@org/runs';

const startTime = Date.UTC(2026, 10, 1);

/** A store in memory with the methods that commands read runs with. */
export function memoryRuns(): RunStore {
  return openRunStore({});
}

export function add(store: RunStore, runId: string, over: Partial<NewRun> = {}): string {
  store.add({
    ...{ runId, name: 'report.ts', mode: 'run', args: { repo: 'octo/cat' }, seed: 'a-seed' },
    ...{ startTime, limits: profiles.moderate, engineDigest: 'e'.repeat(64), ...over },
  });
  return runId;
}

export function outcome(runId: string, over: Partial<RunOutcome> = {}): RunOutcome {
  const rest = { logs: [], calls: [], usage: { ...nothingUsed, fuel: 1_000, wallMs: 40 }, runId };
  return { status: 'returned', value: { done: true }, ...rest, ...over } as RunOutcome;
}

/** A run with a call that was answered, one that was not, and a timer between them. */
export function addCalls(store: RunStore, runId: string): void {
  const called = (id: number, name: string, ...args: string[]) =>
    ({ type: 'called', call: { id, name, args } }) as const;
  const record = { server: 'git', tool: 'log', ms: 30, bytes: 7, cached: false };
  store.append(
    runId,
    [
      called(1, 'callTool', 'git', 'log', '{"path":"a\\u001b[2J"}'),
      { type: 'sent', id: 1 },
      {
        type: 'answered',
        answered: {
          ...{ id: 1, answer: { ok: true, text: '["one"]' } },
          record: { ...record, status: 'done' },
        },
      },
      {
        type: 'stepped',
        step: { clock: startTime + 40, answers: [1], used: { fuel: 10, memoryBytes: 90 } },
      },
      called(2, 'sleep', '20'),
      { type: 'log', log: { level: 'warn', message: 'half\nway\u001b[2J' } },
      { type: 'answered', answered: { id: 2, answer: { ok: true, text: '' } } },
      { type: 'stepped', step: { clock: startTime + 60, answers: [2] } },
      called(3, 'callTool', 'git', 'push', '{"force":true}'),
      { type: 'sent', id: 3 },
    ],
    true,
  );
}
