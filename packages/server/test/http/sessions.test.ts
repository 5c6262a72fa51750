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

const notFound = { error: { code: -32_001, message: 'Session not found' } };

test('an id has 128 random bits', async ({ serve }) => {
  const { url } = await serve();
  const ids = await Promise.all(Array.from({ length: 20 }, () => openSession(url)));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/u);
  expect(new Set(ids).size).toBe(ids.length);
});

test("another client's session is not found, and goes on", async ({ serve, tokens }) => {
  const mine = await tokens.add({ name: 'mine', use: 'agents' });
  const thief = await tokens.add({ name: 'thief', use: 'agents' });
  const { url, waiting } = await serve({ tokens });
  const session = await openSession(url, { token: mine });
  const running = post(url, call('wait', {}, 7), { token: mine, session });
  await eventually(() => waiting.size).toBe(1);

  const cancelled = {
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 7 },
  };
  for (const token of [thief, undefined]) {
    for (const message of [
      call('echo', {}),
      initialize,
      cancelled,
      { jsonrpc: '2.0', id: 7, result: {} },
    ]) {
      const response = await post(url, message, { token, session });
      expect([response.status, await response.json()]).toMatchObject([404, notFound]);
    }
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'text/event-stream',
          'mcp-session-id': session,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      });
      expect([method, response.status, await response.json()]).toMatchObject([
        method,
        404,
        notFound,
      ]);
    }
  }
  for (const one of waiting) one.release();
  expect((await answerOf(await running)).result.content[0].text).toBe('released');
});

test('an unknown id and an ended session are not told apart', async ({ serve }) => {
  const { url } = await serve();
  const session = await openSession(url);
  const ended = await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': session } });
  expect(ended.status).toBe(200);
  const answers = await Promise.all(
    [session, 'f'.repeat(32)].map(async (id) => {
      const response = await post(url, call('echo', {}), { session: id });
      return [response.status, await response.text(), [...response.headers.keys()].sort()];
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]?.[0]).toBe(404);
});

test('a request without a session is told what to send', async ({ serve }) => {
  const { url, made } = await serve();
  const response = await post(url, call('echo', {}));
  expect(response.status).toBe(400);
  expect((await response.json()).error.message).toContain('initialize first');
  expect(made).toEqual([]);
});

test('a further session ends the one that was idle longest', async ({ serve }) => {
  const { url, waiting } = await serve({ caps: { sessionsPerClient: 3 } });
  const busy = await openSession(url);
  const running = post(url, call('wait', {}), { session: busy });
  await eventually(() => waiting.size).toBe(1);
  const first = await openSession(url);
  const second = await openSession(url);
  const third = await openSession(url);
  const status = async (session: string) =>
    (await post(url, call('echo', {}, 'again'), { session })).status;
  expect(await status(first)).toBe(404);
  expect([await status(busy), await status(second), await status(third)]).toEqual([200, 200, 200]);
  for (const one of waiting) one.release();
  await running;
});

test('where all sessions of a client are in use, there is none for it, but for others', async ({
  serve,
  tokens,
}) => {
  const other = await tokens.add({ name: 'other', use: 'agents' });
  const { url, waiting } = await serve({ tokens, caps: { sessionsPerClient: 1 } });
  const session = await openSession(url);
  const running = post(url, call('wait', {}), { session });
  await eventually(() => waiting.size).toBe(1);
  const refused = await post(url, initialize);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  await openSession(url, { token: other });
  for (const one of waiting) one.release();
  await running;
  await openSession(url);
});

test('the sessions of all clients are bounded', async ({ serve, tokens }) => {
  const other = await tokens.add({ name: 'other', use: 'agents' });
  const { url } = await serve({ tokens, caps: { sessions: 1 } });
  await openSession(url);
  const refused = await post(url, initialize, { token: other });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
});

test('an idle session ends, one with a stream or a request does not', async ({ serve }) => {
  const { url, waiting, metrics } = await serve({ caps: { idleSessionMs: 1 } });
  const running = await (async () => {
    const response = await post(url, initialize);
    const session = response.headers.get('mcp-session-id') ?? '';
    return { session, answer: post(url, call('wait', {}), { session }) };
  })();
  await eventually(() => waiting.size).toBe(1);
  const idle = (await post(url, initialize)).headers.get('mcp-session-id') ?? '';
  await eventually(async () => (await metrics()).match(/mcp_cli_sessions (\d+)/u)?.[1]).toBe('1');
  expect((await post(url, call('echo', {}), { session: idle })).status).toBe(404);
  for (const one of waiting) one.release();
  expect((await answerOf(await running.answer)).result.content[0].text).toBe('released');
});

test('a request that is cancelled has its stream closed, and its place given back', async ({
  serve,
}) => {
  const { url, waiting, metrics } = await serve({ caps: { requestsPerClient: 2 } });
  const session = await openSession(url);
  for (let id = 1; id <= 5; id++) {
    const running = post(url, call('wait', {}, id), { session });
    await eventually(() => waiting.size).toBe(1);
    const cancelled = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: id },
    };
    expect((await post(url, cancelled, { session })).status).toBe(202);
    expect(await (await running).text()).toBe('');
    await eventually(() => waiting.size).toBe(0);
  }
  expect(await metrics()).toContain('mcp_cli_requests_in_flight 0');
});

test('who goes away keeps its place until the work is done', async ({ serve }) => {
  const { url, waiting } = await serve({ caps: { requestsPerClient: 1 } });
  const session = await openSession(url);
  const gone = new AbortController();
  const running = post(url, call('wait', {}), { session, signal: gone.signal });
  await eventually(() => waiting.size).toBe(1);
  gone.abort();
  await expect(running.then((response) => response.text())).rejects.toThrow();
  expect((await post(url, call('echo', {}, 2), { session })).status).toBe(429);
  for (const one of waiting) one.release();
  await eventually(async () => (await post(url, call('echo', {}, 3), { session })).status).toBe(
    200,
  );
});

test('of 2026-07-28, going away ends the work', async ({ serve }) => {
  const { url, waiting } = await serve({ caps: { requestsPerClient: 1 } });
  const gone = new AbortController();
  const { message, headers } = modernCall('wait', {});
  const running = post(url, message, { headers, signal: gone.signal });
  await eventually(() => waiting.size).toBe(1);
  const [one] = waiting;
  gone.abort();
  await expect(running).rejects.toThrow();
  await eventually(() => one?.signal.aborted).toBe(true);
  await eventually(
    async () =>
      (
        await post(url, modernCall('echo', {}).message, {
          headers: modernCall('echo', {}).headers,
        })
      ).status,
  ).toBe(200);
});

test('an id that is under way in the session cannot be used a second time', async ({ serve }) => {
  const { url, waiting } = await serve();
  const session = await openSession(url);
  const running = post(url, call('wait', {}, 5), { session });
  await eventually(() => waiting.size).toBe(1);
  const again = await post(url, call('echo', {}, 5), { session });
  expect(again.status).toBe(400);
  const text = await post(url, call('echo', { text: 'as text' }, '5'), { session });
  expect((await answerOf(text)).id).toBe('5');
  for (const one of waiting) one.release();
  expect((await answerOf(await running)).result.content[0].text).toBe('released');
});

test('a batch, a message that is none, and text that is not JSON are refused', async ({
  serve,
}) => {
  const { url } = await serve();
  const session = await openSession(url);
  const refused: readonly (readonly [string, number, number])[] = [
    [JSON.stringify([call('echo', {}, 1), call('echo', {}, 2)]), 400, -32_600],
    ['{"jsonrpc":', 400, -32_700],
    ['', 400, -32_700],
    ['{"__proto__":{"id":1}}', 400, -32_600],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400, -32_000],
    [
      `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":[${'{},'.repeat(150_000)}{}]}}`,
      400,
      -32_000,
    ],
  ];
  for (const [text, status, code] of refused) {
    const response = await post(url, text, { session });
    const { error } = await response.json();
    expect([text.slice(0, 20), response.status, error.code]).toEqual([
      text.slice(0, 20),
      status,
      code,
    ]);
    expect(JSON.stringify(error)).not.toContain('at ');
  }
  expect((await post(url, call('echo', {}), { session })).status).toBe(200);
});

test('a client whose stream broke can open it again', async ({ serve }) => {
  const { url } = await serve();
  const session = await openSession(url);
  const open = (signal?: AbortSignal) =>
    fetch(url, {
      headers: { accept: 'text/event-stream', 'mcp-session-id': session },
      ...(signal !== undefined && { signal }),
    });
  const gone = new AbortController();
  const first = await open(gone.signal);
  expect([first.status, (await open()).status]).toEqual([200, 409]);
  gone.abort();
  await eventually(async () => (await open()).status).toBe(200);
});
