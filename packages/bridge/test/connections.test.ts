import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerId } from '@org/core';
import { expect, test } from 'vitest';
import type { ServerEvent } from '../src/index.ts';
import {
  call,
  eventually,
  failureOf,
  isAlive,
  openBridge,
  resultOf,
  run,
  scratchFolder,
} from './harness.ts';

const hostile = run('hostile.ts');
const bad = 'bad' as ServerId;
/** Fails fast early, and is tried again soon. */
const quick = { failures: 3, windowMs: 60_000, backoffMs: 10, maxBackoffMs: 200 };
const slow = { ...quick, backoffMs: 200, maxBackoffMs: 2_000 };

async function countingStarts(...args: string[]) {
  const file = path.join(await scratchFolder(), 'starts');
  const entry = { ...run('hostile.ts', ...args), env: { STARTS: file } };
  const pids = async (): Promise<number[]> => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text.split('\n').slice(0, -1).map(Number);
  };
  return { entry, pids, starts: async () => (await pids()).length };
}

test('status() goes from uninitialised over initialised to connected, and back when idle', async () => {
  const bridge = await openBridge({ bad: hostile }, { caps: { idleMs: 50 } });
  expect(bridge.status(bad)).toEqual({ state: 'uninitialised', retryAfterMs: 0 });
  const pid = (await resultOf(call(bridge, 'bad', 'pid'))) as number;
  expect(bridge.status(bad).state).toBe('connected');
  await eventually(() => isAlive(pid)).toBe(false);
  expect(bridge.status(bad).state).toBe('initialised');
  expect(await resultOf(call(bridge, 'bad', 'pid'))).not.toBe(pid);
});

test('a connection in use is not idle', async () => {
  const bridge = await openBridge({ bad: hostile }, { caps: { idleMs: 20, callMs: 1_500 } });
  const pid = (await resultOf(call(bridge, 'bad', 'pid'))) as number;
  const hanging = failureOf(call(bridge, 'bad', 'hang'));
  expect(await hanging).toMatchObject({ code: 'CALL_TIMEOUT' });
  expect(await resultOf(call(bridge, 'bad', 'pid'))).toBe(pid);
});

test('an aborted use is given back', async () => {
  const { entry, pids } = await countingStarts();
  const bridge = await openBridge({ bad: entry }, { caps: { idleMs: 20 } });
  const early = call(bridge, 'bad', 'pid', {}, AbortSignal.abort());
  expect(await failureOf(early)).toMatchObject({ code: 'ABORTED' });
  await eventually(pids).toHaveLength(1);
  const [pid = 0] = await pids();
  await eventually(() => isAlive(pid)).toBe(false);
});

test('a server that dies after each handshake is held off, and let through again', async () => {
  const { entry, starts } = await countingStarts('storm');
  const bridge = await openBridge(
    { bad: entry, good: hostile },
    { reconnect: { ...quick, backoffMs: 1_000, maxBackoffMs: 600_000, failures: 2 } },
  );
  const failures = [];
  for (let count = 0; count < 30; count++) failures.push(await failureOf(call(bridge, 'bad', 'x')));
  expect(await starts()).toBe(2);
  const last = failures.at(-1);
  expect(last).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
  expect(last?.message).toContain('failed 2 times in a row');
  expect(last?.message).toContain('exited with code 0');
  expect(last?.retryAfterMs).toBeGreaterThanOrEqual(bridge.status(bad).retryAfterMs);
  expect(bridge.status(bad).retryAfterMs).toBeGreaterThan(0);
  expect(await resultOf(call(bridge, 'good', 'pid'))).toBeTypeOf('number');
});

test('a refused server is tried again when its time has come', async () => {
  const { entry, starts } = await countingStarts('storm');
  const bridge = await openBridge({ bad: entry }, { reconnect: slow });
  for (let count = 0; count < 3; count++) await call(bridge, 'bad', 'x');
  expect(bridge.status(bad).retryAfterMs).toBeGreaterThan(0);
  const before = await starts();
  await eventually(() => bridge.status(bad).retryAfterMs).toBe(0);
  await call(bridge, 'bad', 'x');
  expect(await starts()).toBe(before + 1);
});

test('an answered call ends the count of failures', async () => {
  const bridge = await openBridge({ bad: run('hostile.ts', 'brief') }, { reconnect: quick });
  for (let count = 0; count < 6; count++) {
    expect(await resultOf(call(bridge, 'bad', 'pid'))).toBeTypeOf('number');
    await eventually(() => bridge.status(bad).state).toBe('initialised');
  }
});

test('further connections are opened only while all others are busy', async () => {
  const { entry, starts } = await countingStarts();
  const bridge = await openBridge({ bad: entry }, { caps: { connectionsPerServer: 2 } });
  for (let count = 0; count < 3; count++) await resultOf(call(bridge, 'bad', 'pid'));
  expect(await starts()).toBe(1);
  const pids = await Promise.all([1, 2, 3, 4].map(() => resultOf(call(bridge, 'bad', 'pid'))));
  expect(new Set(pids).size).toBe(2);
  expect(await starts()).toBe(2);
});

test('list_changed refreshes the catalog, and a pinned bridge keeps the one it saw', async () => {
  const bridge = await openBridge({ bad: hostile });
  const earlier = bridge.pinned();
  const before = await earlier.catalog(bad);
  await resultOf(call(bridge, 'bad', 'grow'));
  const after = await bridge.catalog(bad);
  expect(after.tools.length).toBe(before.tools.length + 1);
  const added = after.tools.at(-1)?.name as string;
  expect(await earlier.catalog(bad)).toBe(before);
  const { signal } = new AbortController();
  const named = { server: 'bad', tool: added, paramsJson: '{}' };
  expect(await earlier.callTool(named, { signal })).toMatchObject({
    status: 'failed',
    error: { code: 'UNKNOWN_TOOL' },
  });
  expect((await bridge.pinned().catalog(bad)).tools.length).toBe(after.tools.length);
});

test('a pinned bridge keeps the catalog of its first call, over a lost connection too', async () => {
  const bridge = await openBridge({ bad: hostile });
  const pinned = bridge.pinned();
  const { signal } = new AbortController();
  await pinned.callTool({ server: 'bad', tool: 'grow', paramsJson: '{}' }, { signal });
  const catalog = await pinned.catalog(bad);
  await call(bridge, 'bad', 'crash');
  expect(await resultOf(call(bridge, 'bad', 'pid'))).toBeTypeOf('number');
  expect(await pinned.catalog(bad)).toBe(catalog);
  expect(await bridge.catalog(bad)).not.toBe(catalog);
});

test('logs and progress become events, plain and without secrets', async () => {
  const events: ServerEvent[] = [];
  const onEvent = (event: ServerEvent): void => void events.push(event);
  const entry = { ...hostile, env: { TOKEN: 'canary-77aa' } };
  const bridge = await openBridge({ bad: entry }, { onServerEvent: onEvent });
  await resultOf(call(bridge, 'bad', 'chatter'));
  await resultOf(call(bridge, 'bad', 'progress'));
  expect(events).toEqual([
    { server: 'bad', kind: 'log', level: 'warn', text: 'db: slow disk [redacted]' },
    { server: 'bad', kind: 'log', level: 'info', text: 'db: {"rows":3}' },
    { server: 'bad', kind: 'progress', level: 'info', tool: 'progress', text: '1 of 2: half' },
  ]);
});

test('a flood of logs, progress and changes is bounded', async () => {
  const events: ServerEvent[] = [];
  let introspections = 0;
  const { introspect } = await import('./fixtures/introspect.ts');
  const bridge = await openBridge(
    { bad: hostile },
    {
      onServerEvent: (event) => void events.push(event),
      introspect: (source) => {
        introspections++;
        return introspect(source);
      },
    },
  );
  const start = performance.now();
  for (const tool of ['log-flood', 'progress-flood', 'grow-much']) {
    await resultOf(call(bridge, 'bad', tool));
  }
  const seconds = Math.ceil((performance.now() - start) / 1_000) + 1;
  expect(events.length).toBeLessThanOrEqual(51 * seconds);
  expect(introspections).toBeLessThanOrEqual(2 + seconds);
});

test('a server whose catalog changes whenever it is read is read once a second at most', async () => {
  let introspections = 0;
  const { introspect } = await import('./fixtures/introspect.ts');
  const bridge = await openBridge(
    { bad: run('hostile.ts', 'restless') },
    {
      introspect: (source) => {
        introspections++;
        return introspect(source);
      },
    },
  );
  const start = performance.now();
  for (let count = 0; count < 50; count++) await resultOf(call(bridge, 'bad', 'pid'));
  const seconds = Math.ceil((performance.now() - start) / 1_000);
  expect(introspections).toBeLessThanOrEqual(2 + seconds);
});
