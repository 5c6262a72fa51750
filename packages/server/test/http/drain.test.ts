import { expect } from 'vitest';
import {
  answerOf,
  call,
  eventually,
  initialize,
  modernCall,
  openSession,
  post,
  test,
} from './harness.ts';

test('closing waits for the requests under way, and takes no more', async ({ serve }) => {
  const { url, waiting, close } = await serve();
  const session = await openSession(url);
  const legacy = post(url, call('wait', {}), { session });
  const { message, headers } = modernCall('wait', {});
  const modern = post(url, message, { headers });
  await eventually(() => waiting.size).toBe(2);
  const health = () => fetch(new URL('/healthz', url));
  expect([(await health()).status, await (await health()).text()]).toEqual([200, 'ready\n']);

  const closed = close(60_000);
  expect([(await health()).status, await (await health()).text()]).toEqual([503, 'draining\n']);
  for (const refused of [
    await post(url, initialize),
    await post(url, call('echo', {}, 9), { session }),
    await post(url, message, { headers }),
    await fetch(url, { headers: { accept: 'text/event-stream', 'mcp-session-id': session } }),
  ]) {
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  }
  // What the requests under way may wait for still comes through.
  const progress = {
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: 1, progress: 1 },
  };
  expect((await post(url, progress, { session })).status).toBe(202);

  for (const one of waiting) one.release();
  const answers = await Promise.all([legacy, modern].map(async (one) => answerOf(await one)));
  expect(answers.map(({ result }) => result.content[0].text)).toEqual(['released', 'released']);
  await closed;
  await expect(health()).rejects.toThrow();
});

test('runs that do not end in time are suspended, and answer their requests', async ({ serve }) => {
  let suspended = 0;
  const waitingOf: { size: number; release(): void }[] = [];
  const served = await serve({
    suspendRuns: async () => {
      suspended++;
      for (const one of waitingOf) one.release();
    },
  });
  const { url, waiting, close } = served;
  const { message, headers } = modernCall('wait', {});
  const running = post(url, message, { headers });
  await eventually(() => waiting.size).toBe(1);
  for (const one of waiting) waitingOf.push({ size: 1, release: one.release });
  const closed = close(1);
  expect((await answerOf(await running)).result.content[0].text).toBe('released');
  await Promise.all([closed, close(60_000)]);
  expect(suspended).toBe(1);
});

test('what cannot be suspended is aborted, and closing still ends', async ({ serve }) => {
  const { url, waiting, close, logText } = await serve({
    suspendRuns: () => Promise.reject(new Error('the disk is full')),
  });
  const session = await openSession(url);
  const running = post(url, call('wait', {}), { session }).then((response) => response.text());
  await eventually(() => waiting.size).toBe(1);
  const [one] = waiting;
  await close(1);
  expect(one?.signal.aborted).toBe(true);
  expect(await running.catch(() => '')).not.toContain('disk');
  expect(logText()).toContain('the disk is full');
});

test('streams end when the server closes', async ({ serve }) => {
  const { url, close } = await serve();
  const session = await openSession(url);
  const stream = await fetch(url, {
    headers: { accept: 'text/event-stream', 'mcp-session-id': session },
  });
  expect(stream.status).toBe(200);
  await close(0);
  expect(await stream.text()).toBe('');
});
