import type { ServerId } from '@org/core';
import { expect, test } from 'vitest';
import {
  call,
  failureOf,
  introspect,
  openBridge,
  resultOf,
  run,
  scratchFolder,
  variable,
} from './harness.ts';

const good = run('well-behaved.ts');

test('callTool() returns the text of a single text block', async () => {
  const bridge = await openBridge({ good });
  expect(await call(bridge, 'good', 'greet', { name: 'Ada' })).toEqual({
    status: 'done',
    json: '"Hello Ada!"',
    cached: false,
  });
});

test('callTool() prefers structured content, and parses a JSON text', async () => {
  const bridge = await openBridge({ good });
  expect(await resultOf(call(bridge, 'good', 'count'))).toEqual({ calls: 1 });
  expect(await resultOf(call(bridge, 'good', 'identify'))).toHaveProperty('pid');
});

test('callTool() passes images through in the content array', async () => {
  const bridge = await openBridge({ good });
  expect(await resultOf(call(bridge, 'good', 'picture'))).toEqual([
    { type: 'text', text: 'see' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
  ]);
});

test('callTool() makes isError a failed call with the text as its message', async () => {
  const bridge = await openBridge({ good });
  expect(await failureOf(call(bridge, 'good', 'fail'))).toEqual({
    status: 'failed',
    code: 'TOOL_FAILED',
    message: 'no such file',
    retryable: false,
  });
});

test('nothing is started before the first use, and concurrent first calls share one connection', async () => {
  let introspections = 0;
  const bridge = await openBridge(
    { good },
    {
      introspect: (source) => {
        introspections++;
        return introspect(source);
      },
    },
  );
  expect(introspections).toBe(0);
  const pids = await Promise.all(
    Array.from({ length: 8 }, () => resultOf(call(bridge, 'good', 'identify'))),
  );
  expect(new Set(pids.map((value) => (value as { pid: number }).pid)).size).toBe(1);
  expect(introspections).toBe(1);
});

test('catalog() describes the server and its tools', async () => {
  const bridge = await openBridge({ good });
  const catalog = await bridge.catalog('good' as ServerId);
  expect(catalog).toMatchObject({
    server: 'good',
    serverInfo: { name: 'good', version: '1.2.3' },
    protocolVersion: '2025-11-25',
  });
  expect(catalog.tools.map(({ name }) => name)).toContain('greet');
  expect(await bridge.catalog('good' as ServerId)).toBe(catalog);
});

test('an unknown server is failed, with a suggestion and the usable servers', async () => {
  const bridge = await openBridge({ good, other: { ...good, disabled: true } });
  const failure = await failureOf(call(bridge, 'goood', 'greet'));
  expect(failure).toMatchObject({ status: 'failed', code: 'UNKNOWN_SERVER' });
  expect(failure.message).toContain('Did you mean "good"?');
  expect(failure.message).toContain('Usable servers: good.');
});

test('a disabled server and one that is not allowed are refused, and never started', async () => {
  const off = { command: 'does-not-exist' };
  const bridge = await openBridge(
    { good, off: { ...off, disabled: true }, private: off },
    { allow: ['good', 'off'] },
  );
  expect(bridge.servers).toEqual(['good']);
  for (const server of ['off', 'private']) {
    expect(await failureOf(call(bridge, server, 'greet'))).toMatchObject({
      status: 'refused',
      code: 'NOT_ALLOWED',
    });
    await expect(bridge.catalog(server as ServerId)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  }
});

test('names of objects prototypes are no servers and no tools', async () => {
  const bridge = await openBridge({ good });
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(await failureOf(call(bridge, name, 'greet'))).toMatchObject({ code: 'UNKNOWN_SERVER' });
    expect(await failureOf(call(bridge, 'good', name))).toMatchObject({ code: 'UNKNOWN_TOOL' });
  }
});

test('createBridge() throws for an allow-list with a server that is not configured', async () => {
  await expect(openBridge({ good }, { allow: ['goood'] })).rejects.toMatchObject({
    code: 'UNKNOWN_SERVER',
    message: expect.stringContaining('Did you mean "good"?'),
  });
});

test('an unknown tool is failed, with a suggestion', async () => {
  const bridge = await openBridge({ good });
  const failure = await failureOf(call(bridge, 'good', 'great', { name: 'x' }));
  expect(failure).toMatchObject({ status: 'failed', code: 'UNKNOWN_TOOL' });
  expect(failure.message).toContain('Did you mean "greet"?');
});

test('a tool that needs a task is failed without being called', async () => {
  const bridge = await openBridge(
    { good },
    {
      introspect: async (source) => {
        const catalog = await introspect(source);
        return {
          ...catalog,
          tools: catalog.tools.map((tool) => ({ ...tool, requiresTask: true })),
        };
      },
    },
  );
  expect(await failureOf(call(bridge, 'good', 'count'))).toMatchObject({
    status: 'failed',
    code: 'TOOL_FAILED',
    message: expect.stringContaining('task'),
  });
});

test('parameters that do not fit are failed before they are sent', async () => {
  const bridge = await openBridge({ good });
  const failure = await failureOf(call(bridge, 'good', 'greet', { nme: 'Ada', times: 0 }));
  expect(failure).toMatchObject({ status: 'failed', code: 'INVALID_PARAMS' });
  expect(failure.message).toContain('name: missing, expected a string');
  expect(failure.message).toContain('nme: unknown property. Did you mean "name"?');
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'not an array'],
  ['null', 'not null'],
  ['"x"', 'not a string'],
  ['', 'not JSON'],
])('parameters %j are failed: %s', async (paramsJson, message) => {
  const bridge = await openBridge({ good: { command: 'is-not-needed-for-this' } });
  const { signal } = new AbortController();
  const outcome = await bridge.callTool({ server: 'good', tool: 'count', paramsJson }, { signal });
  expect(await failureOf(outcome)).toMatchObject({
    status: 'failed',
    code: 'INVALID_PARAMS',
    message: expect.stringContaining(message),
  });
});

test('parameters over the byte cap are failed before they are parsed', async () => {
  const bridge = await openBridge({ good }, { caps: { paramsBytes: 1_000 } });
  // 400 characters, 1,200 bytes; and no JSON, so that parsing would fail otherwise.
  for (const paramsJson of [`{"name":"${'x'.repeat(1_000)}"}`, '€'.repeat(400)]) {
    const { signal } = new AbortController();
    const outcome = bridge.callTool({ server: 'good', tool: 'greet', paramsJson }, { signal });
    expect(await failureOf(outcome)).toMatchObject({ status: 'failed', code: 'PARAMS_TOO_LARGE' });
  }
});

test('parameters may be nested 256 deep and not 257', async () => {
  const bridge = await openBridge({ good });
  const nested = (depth: number): unknown =>
    JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  expect(await resultOf(call(bridge, 'good', 'count', nested(256)))).toEqual({ calls: 1 });
  expect(await failureOf(call(bridge, 'good', 'count', nested(257)))).toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringContaining('256'),
  });
});

test('a result over the cap is failed, and the next call works', async () => {
  const bridge = await openBridge({ good }, { caps: { resultBytes: 100 } });
  expect(await failureOf(call(bridge, 'good', 'greet', { name: 'x'.repeat(100) }))).toMatchObject({
    status: 'failed',
    code: 'RESULT_TOO_LARGE',
    message: expect.stringContaining('was carried out'),
  });
  expect(await resultOf(call(bridge, 'good', 'greet', { name: 'x' }))).toBe('Hello x!');
});

test('a server gets its own env and the safe part of ours, nothing else', async () => {
  process.env.BRIDGE_TEST_CANARY = 'leaked';
  const bridge = await openBridge(
    { good: { ...good, env: { OWN: variable('GIVEN') } } },
    { env: { GIVEN: 'yes' } },
  );
  const seen = (await resultOf(call(bridge, 'good', 'environment'))) as Record<string, string>;
  delete process.env.BRIDGE_TEST_CANARY;
  expect(seen.OWN).toBe('yes');
  expect(seen.PATH).toBe(process.env.PATH);
  expect(seen).not.toHaveProperty('BRIDGE_TEST_CANARY');
  expect(seen).not.toHaveProperty('GIVEN');
});

test('a server runs in the folder of its configuration file, or in its own cwd relative to it', async () => {
  const folder = await scratchFolder();
  const bridge = await openBridge({ here: good, there: { ...good, cwd: '..' } }, { folder });
  expect(await resultOf(call(bridge, 'here', 'identify'))).toMatchObject({ cwd: folder });
  const { cwd } = (await resultOf(call(bridge, 'there', 'identify'))) as { cwd: string };
  expect(folder.startsWith(`${cwd}/`)).toBe(true);
});

test('an unset variable stops only the server that needs it', async () => {
  const bridge = await openBridge({
    good,
    needy: { ...good, env: { TOKEN: variable('SOME_TOKEN') } },
  });
  expect(await resultOf(call(bridge, 'good', 'greet', { name: 'x' }))).toBe('Hello x!');
  const failure = await failureOf(call(bridge, 'needy', 'greet', { name: 'x' }));
  expect(failure).toMatchObject({ status: 'failed', code: 'VARIABLE_UNSET' });
  for (const part of ['SOME_TOKEN', '"needy"', '.mcp.json'])
    expect(failure.message).toContain(part);
});

test('an abort while a call is under way is unknown, at once', async () => {
  const bridge = await openBridge({ good });
  await bridge.catalog('good' as ServerId);
  const abort = new AbortController();
  const outcome = call(bridge, 'good', 'slow', {}, abort.signal);
  // A later call that is answered proves that the slow one was sent.
  await resultOf(call(bridge, 'good', 'count'));
  abort.abort();
  const failure = await failureOf(outcome);
  expect(failure).toMatchObject({ status: 'unknown', code: 'ABORTED' });
  expect(failure.message).toContain('not known');
});

test('an abort before a call is sent is failed, and the call is never sent', async () => {
  const bridge = await openBridge({ good }, { caps: { parallelPerServer: 1 } });
  const stop = new AbortController();
  const abort = new AbortController();
  await bridge.catalog('good' as ServerId);
  const slow = call(bridge, 'good', 'slow', {}, stop.signal);
  const waiting = call(bridge, 'good', 'count', {}, abort.signal);
  abort.abort();
  expect(await failureOf(waiting)).toMatchObject({ status: 'failed', code: 'ABORTED' });
  stop.abort();
  await slow;
  expect(await resultOf(call(bridge, 'good', 'count'))).toEqual({ calls: 1 });
  const already = call(bridge, 'good', 'count', {}, AbortSignal.abort());
  expect(await failureOf(already)).toMatchObject({ status: 'failed', code: 'ABORTED' });
  expect(await resultOf(call(bridge, 'good', 'count'))).toEqual({ calls: 2 });
});

test('a call past its deadline is unknown, and the next one works', async () => {
  const bridge = await openBridge({ good }, { caps: { callMs: 1_500 } });
  const failure = await failureOf(call(bridge, 'good', 'slow'));
  expect(failure).toMatchObject({ status: 'unknown', code: 'CALL_TIMEOUT' });
  expect(failure.message).toContain('1500 ms');
  expect(await resultOf(call(bridge, 'good', 'greet', { name: 'x' }))).toBe('Hello x!');
});

test('after close() calls are refused and catalog() throws', async () => {
  const bridge = await openBridge({ good });
  await resultOf(call(bridge, 'good', 'count'));
  const underWay = call(bridge, 'good', 'slow');
  await resultOf(call(bridge, 'good', 'count'));
  await bridge.close();
  expect(await failureOf(underWay)).toMatchObject({ status: 'unknown', code: 'ABORTED' });
  expect(await failureOf(call(bridge, 'good', 'count'))).toMatchObject({
    status: 'refused',
    code: 'ABORTED',
  });
  await expect(bridge.catalog('good' as ServerId)).rejects.toMatchObject({ code: 'ABORTED' });
  await bridge.close();
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 31])(
  'createBridge() throws for a cap of %d',
  async (callMs) => {
    await expect(openBridge({ good }, { caps: { callMs } })).rejects.toMatchObject({
      code: 'USAGE',
    });
  },
);
