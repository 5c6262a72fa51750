import type { RunRecord } from '@org/runs';
import { expect, test } from 'vitest';
import { adviceFor } from '../../src/runs/advice.ts';
import { pictureOf } from '../../src/runs/picture-of.ts';
import { runJson } from '../../src/runs/run-json.ts';
import { runText } from '../../src/runs/run-text.ts';
import { requireCall, shownCalls } from '../../src/runs/shown-calls.ts';
import { add, addCalls, memoryRuns, outcome } from './kept-runs.ts';

const runId = '4f1c2a00-0000-4000-8000-000000000000';

function recorded(change: (store: ReturnType<typeof memoryRuns>) => void): RunRecord {
  using store = memoryRuns();
  add(store, runId, { source: "callTool('git', 'log', {});\nawait sleep(20);" });
  addCalls(store, runId);
  change(store);
  return store.get(runId) as RunRecord;
}

const suspended = recorded((store) =>
  store.suspend(runId, {
    outcome: outcome(runId, {
      status: 'suspended',
      logs: [{ level: 'warn', message: 'half\nway\u001b[2J' }],
    }),
  }),
);
const running = recorded(() => {});
const asking = recorded((store) => {
  store.append(
    runId,
    [{ type: 'called', call: { id: 4, name: 'callTool', args: ['git', 'tag', '{}'] } }],
    true,
  );
  const call = { server: 'git', tool: 'tag', paramsJson: '{}' };
  store.ask({ runId, callId: 4, kind: 'approval', ...call });
  store.suspend(runId, { outcome: outcome(runId, { status: 'suspended' }) });
});

test('shownCalls() has the status of each call as far as it is known', () => {
  const statuses = (record: RunRecord) => shownCalls(record).map(({ status }) => status);
  expect(statuses(running)).toEqual(['done', 'done', 'sent']);
  expect(statuses(suspended)).toEqual(['done', 'done', 'unknown']);
  expect(statuses(asking)).toEqual(['done', 'done', 'unknown', 'asks']);
  expect(shownCalls(running).map(({ name }) => name)).toEqual(['git.log', 'sleep', 'git.push']);
});

test('requireCall() names the calls that there are', () => {
  const calls = shownCalls(running);
  expect(requireCall(calls, 3).args).toBe('{"force":true}');
  expect(() => requireCall(calls, 4)).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'They are numbered from 1 to 3.' }),
  );
});

test('adviceFor() never says of a call that was sent that it failed', () => {
  const text = adviceFor(suspended).join('\n');
  expect(text).toContain(
    'Call 3 (git.push) was sent and never answered: whether it took effect is not known.',
  );
  expect(text).toContain('--unknown');
  expect(text).toContain('mcp-cli run resume 4f1c2a00');
});

test('adviceFor() says who decides before it says how to go on', () => {
  const lines = adviceFor(asking);
  expect(lines.at(-2)).toBe(
    'A call waits for a decision. Decide: mcp-cli run approve 4f1c2a00, or mcp-cli run refuse 4f1c2a00',
  );
  expect(lines.at(-1)).toBe('Then go on: mcp-cli run resume 4f1c2a00');
});

test('runText() shows a run without anything that acts on a terminal', () => {
  const text = runText(suspended, Infinity);
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/u);
  expect(text).toMatch(/^report\.ts: suspended\n {2}run +4f1c2a00-0000-4000-8000-000000000000\n/u);
  expect(text).toContain(
    '\n  1 done    git.log 30 ms, 7 B\n  2 done    sleep\n  3 unknown git.push\n',
  );
  expect(text).toContain('\n  [warn] half\n    way\n');
});

test('runText() of a run that has ended has its result and its receipt', () => {
  const text = runText(
    recorded((store) => store.end(runId, outcome(runId))),
    Infinity,
  );
  expect(text).toContain('How it ended:\n  {\n    "done": true\n  }\n');
  expect(text).toMatch(/Receipt:\n {2}Tokens/u);
});

test('runJson() has no answers, and what to do next', () => {
  const { calls, next, steps, ...rest } = runJson(suspended);
  expect(calls[0]).toEqual({
    ...{ id: 1, name: 'git.log', status: 'done', args: '{"path":"a\\u001b[2J"}' },
    record: expect.objectContaining({ ms: 30 }),
    madeAfter: 0,
  });
  expect(calls.map(({ madeAfter }) => madeAfter)).toEqual([0, 1, 2]);
  expect(JSON.stringify(rest)).not.toContain('"one"');
  expect(next).toEqual(adviceFor(suspended));
  expect(steps).toBe(2);
});

test('pictureOf() places calls by what is recorded of their time', async () => {
  const { calls, steps, samples, receipt } = await pictureOf(suspended);
  expect(samples).toEqual([
    { at: 40, fuel: 10, memoryBytes: 90 },
    { at: 40, fuel: 1_000, memoryBytes: 0 },
  ]);
  expect(steps).toEqual([40, 60]);
  expect(calls.map(({ from, to }) => [from, to]).slice(0, 2)).toEqual([
    [10, 40],
    [40, 60],
  ]);
  // It was sent in the step that began then, and never answered.
  expect(calls[2]?.from).toBe(60);
  expect(calls[2]?.to).toBeGreaterThanOrEqual(60);
  expect(calls.map(({ status }) => status)).toEqual(['done', 'done', 'unknown']);
  expect(calls.map(({ line }) => line)).toEqual([1, 2, undefined]);
  expect(calls[0]?.answer).toBe('[\n  "one"\n]');
  expect(receipt).toBeDefined();
});
