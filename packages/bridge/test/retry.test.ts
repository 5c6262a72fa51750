import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CallPolicy } from '../src/index.ts';
import { type Attempt, Deadline, withRetries } from '../src/retry.ts';
import { call, failureOf, openBridge, resultOf, run, scratchFolder } from './harness.ts';

/** A server whose tool `die` ends it `dies` times; `calls()` is how often it was called. */
async function dying(dies: number, policy: CallPolicy, ...args: string[]) {
  const folder = await scratchFolder();
  const deaths = path.join(folder, 'deaths');
  await writeFile(deaths, '');
  const env = { DEATHS: deaths, DIES: String(dies) };
  const bridge = await openBridge({ items: { ...run('items.ts', ...args), env } }, { policy });
  const die = () => call(bridge, 'items', 'die', { key: 'a' });
  const calls = async () => (await readFile(deaths, 'utf8')).length;
  return { die, calls };
}

test.each<CallPolicy>([
  { trustAnnotations: true },
  { readOnly: ['*.die'] },
  { idempotent: ['*.die'] },
])('a call that got lost is made again where that does no harm: %j', async (policy) => {
  const { die, calls } = await dying(2, policy);
  expect(await resultOf(die())).toEqual({ died: 2 });
  expect(await calls()).toBe(3);
});

test('a call that got lost stays unknown where nobody says that it may be repeated', async () => {
  const { die, calls } = await dying(1, {});
  expect(await failureOf(die())).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  expect(await calls()).toBe(1);
});

test('after three retries a call that got lost is unknown', async () => {
  const { die, calls } = await dying(10, { readOnly: ['*.die'] });
  expect(await failureOf(die())).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  expect(await calls()).toBe(4);
});

test('a retry counts at the rate, and leaves the first answer where there is no turn for it', async () => {
  const rates = [{ tools: '*', calls: 2, intervalMs: 60_000 }];
  const { die, calls } = await dying(10, { readOnly: ['*.die'], rates, rateWaitMs: 0 });
  expect(await failureOf(die())).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  expect(await calls()).toBe(2);
});

test('a tool that is another one after the server came back is not called again', async () => {
  const { die, calls } = await dying(1, { readOnly: ['*.die'] }, '--changing');
  expect(await failureOf(die())).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  expect(await calls()).toBe(1);
  expect(await resultOf(die())).toEqual({ died: 1 });
});

const lost: Attempt = { outcome: { status: 'done', json: '"lost"', cached: false }, again: true };
const never = async (): Promise<Attempt> => {
  throw new Error('must not be tried');
};

test('withRetries() does not begin what the deadline leaves no time for', async () => {
  let retries = 0;
  const retry = async () => {
    retries++;
    return lost;
  };
  const { signal } = new AbortController();
  const over = new Deadline(0);
  over.left();
  expect(await withRetries(async () => lost, retry, { deadline: over, signal })).toBe(lost);
  expect(retries).toBe(0);
});

test('withRetries() gives the answer it has when the signal aborts', async () => {
  const { signal } = new AbortController();
  const deadline = new Deadline(60_000);
  const aborted = AbortSignal.any([signal, AbortSignal.abort()]);
  expect(await withRetries(async () => lost, never, { deadline, signal: aborted })).toBe(lost);
});

test('withRetries() waits a random time before each retry', async () => {
  const waits: number[] = [];
  for (let times = 0; times < 5; times++) {
    let last = performance.now();
    const attempt = async () => {
      waits.push(performance.now() - last);
      last = performance.now();
      return lost;
    };
    const { signal } = new AbortController();
    await withRetries(async () => lost, attempt, { deadline: new Deadline(60_000), signal });
  }
  expect(waits).toHaveLength(15);
  expect(new Set(waits.map((ms) => Math.round(ms))).size).toBeGreaterThan(3);
});
