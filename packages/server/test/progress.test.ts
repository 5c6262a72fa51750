import { expect, test } from 'vitest';
import { watchOf } from '../src/progress.ts';
import {
  call,
  connect,
  connected,
  eras,
  eventually,
  everything,
  openHost,
  openServer,
} from './harness.ts';

test.each(eras)('progress, %s: calls that have ended, only where it is asked for', async (era) => {
  const { client } = await connected({ era, host: { servers: everything } });
  const code = `import { echo } from './servers/everything';
for (let i = 0; i < 5; i++) await echo({ message: String(i) });
return 1;`;
  const told: number[] = [];
  const messages: string[] = [];
  await call(
    client,
    'execute_code',
    { code },
    {
      onprogress: ({ progress, message = '' }) => {
        told.push(progress);
        messages.push(message);
      },
    },
  );
  expect(told.length).toBeGreaterThan(0);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(new Set(told).size).toBe(told.length);
  expect(messages[0]).toBe('everything.echo done');
});

test('log lines are told while the program runs, without what acts on a terminal', async () => {
  const { client } = await connected({ era: 'legacy' });
  const lines: unknown[] = [];
  client.setNotificationHandler('notifications/message', ({ params }) => {
    lines.push([params.level, params.data]);
  });
  await call(client, 'execute_code', {
    code: "console.warn('\\u001b[31mred'); console.log('x'); return 1",
  });
  await eventually(() => lines).toEqual([
    ['warning', 'red'],
    ['info', 'x'],
  ]);
});

test('10,000 log lines do not pile up', async () => {
  const { client } = await connected({ era: 'legacy' });
  const lines: unknown[] = [];
  client.setNotificationHandler('notifications/message', ({ params }) => {
    lines.push(params.data);
  });
  const code = 'for (let i = 0; i < 9000; i++) console.log(String(i)); return 1';
  const { answer } = await call(client, 'execute_code', { code });
  expect(answer.status).toBe('returned');
  expect(answer.logs?.at(-1)).toBe('8999');
  expect(answer.logs?.length).toBeLessThanOrEqual(51);
  expect(lines.length).toBeLessThan(9_000);
});

test.each(eras)('cancelling the request, %s, aborts the run', async (era) => {
  const { client, host } = await connected({ era, host: { servers: everything } });
  const abort = new AbortController();
  const code = `import { trigger_long_running_operation } from './servers/everything';
return await trigger_long_running_operation({ duration: 600, steps: 2 });`;
  const called = call(client, 'execute_code', { code }, { signal: abort.signal });
  called.catch(() => {});
  await eventually(() => host.sent.length).toBe(1);
  expect(host.live.size).toBe(1);
  const [runId] = host.live;
  abort.abort();
  await expect(called).rejects.toThrow();
  await eventually(() => host.live.size).toBe(0);
  const { contents } = await client.readResource({ uri: `run://${runId}` });
  expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
    status: 'aborted',
    calls: [{ status: 'unknown', count: 1 }],
  });
});

test('a call that was sent and never answered is told as unknown, with what to do', async () => {
  const { client, host, server } = await connected({
    era: 'legacy',
    host: { servers: everything },
  });
  const code = `import { trigger_long_running_operation } from './servers/everything';
return await trigger_long_running_operation({ duration: 600, steps: 2 });`;
  const called = call(client, 'execute_code', { code, limits: { wallMs: 600_000 } });
  await eventually(() => host.sent.length).toBe(1);
  expect(server.active).toBe(1);
  await server.close();
  const { answer, result } = await called;
  expect(result.isError).toBe(true);
  expect(answer).toMatchObject({ status: 'aborted', calls: [{ status: 'unknown', count: 1 }] });
  expect(answer.next).toContain('whether it took effect is not known');
  expect(server.active).toBe(0);
});

test('calls beyond the most at once are refused as retryable', async () => {
  const { host } = await connected({ era: 'modern', host: { servers: everything } });
  const server = openServer(host, { callsAtOnce: 1 });
  const client = await connect(server, { era: 'modern' });
  const abort = new AbortController();
  const code = `import { trigger_long_running_operation } from './servers/everything';
return await trigger_long_running_operation({ duration: 600, steps: 2 });`;
  const called = call(client, 'execute_code', { code }, { signal: abort.signal });
  called.catch(() => {});
  await eventually(() => host.sent.length).toBe(1);
  const second = await call(client, 'execute_code', { code: 'return 1' });
  expect(second.answer).toMatchObject({
    status: 'refused',
    error: { code: 'RATE_LIMITED', retryable: true },
  });
  const other = await connect(server, { era: 'modern', principal: 'other' });
  expect((await call(other, 'execute_code', { code: 'return 1' })).answer.value).toBe(1);
  abort.abort();
});

test('a run of which there is nothing else to tell is told to go on', async () => {
  const server = openServer(await openHost(), { heartbeatMs: 5 });
  const client = await connect(server, { era: 'legacy' });
  const told: string[] = [];
  const abort = new AbortController();
  const code = 'await new Promise((resolve) => setTimeout(resolve, 600000));';
  const called = call(
    client,
    'execute_code',
    { code },
    {
      signal: abort.signal,
      onprogress: ({ message = '' }) => told.push(message),
    },
  );
  called.catch(() => {});
  await eventually(() => told.length).toBeGreaterThan(2);
  expect(told[0]).toMatch(/^running for \d+ s$/);
  abort.abort();
  await eventually(() => server.active).toBe(0);
});

test('watchOf() keeps 100 lines for a client that takes none, and counts the others', async () => {
  const sent: unknown[] = [];
  const first = Promise.withResolvers<void>();
  const mcpReq = {
    log: async (_level: string, data: unknown) => {
      sent.push(data);
      await first.promise;
    },
  };
  const { signal } = new AbortController();
  using watch = watchOf({ mcpReq } as never, { signal, heartbeatMs: 1e6 });
  for (let line = 0; line < 5_000; line++) {
    watch.onEvent({ type: 'log', log: { level: 'info', message: String(line) } });
  }
  first.resolve();
  await eventually(() => sent.at(-1)).toBe('4899 more lines are not shown');
  expect(sent).toHaveLength(102);
});
