import type { ServerId } from '@org/core';
import { afterEach, expect, test } from 'vitest';
import { call, failureOf, openBridge, resultOf, run, variable } from './harness.ts';

const hostile = run('hostile.ts');

afterEach(() => {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('a command that does not exist is SERVER_UNAVAILABLE and says what to correct', async () => {
  const bridge = await openBridge({ bad: { command: 'no-such-command-here' } });
  const failure = await failureOf(call(bridge, 'bad', 'x'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE', retryable: false });
  expect(failure.message).toContain('the command "no-such-command-here" was not found');
  await expect(bridge.catalog('bad' as ServerId)).rejects.toMatchObject({
    code: 'SERVER_UNAVAILABLE',
    hint: expect.stringContaining('"command"'),
  });
});

test('a working folder that does not exist is told from a missing command', async () => {
  const bridge = await openBridge({ bad: { ...hostile, cwd: 'no/such/folder' } });
  expect((await failureOf(call(bridge, 'bad', 'x'))).message).toContain('"cwd"');
});

test('a server that exits at start: exit code, last stderr lines, no secret', async () => {
  const bridge = await openBridge({
    bad: { ...run('hostile.ts', 'exit-at-start'), env: { TOKEN: 'tok-abcdef' } },
  });
  const failure = await failureOf(call(bridge, 'bad', 'x'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
  for (const part of ['"bad"', 'exited with code 7', 'cannot read the licence; token [redacted]']) {
    expect(failure.message).toContain(part);
  }
  expect(failure.message).not.toContain('tok-abcdef');
});

test('a server that never shakes hands is given up after connectMs', async () => {
  const bridge = await openBridge(
    { mute: run('hostile.ts', 'mute') },
    { caps: { connectMs: 300 } },
  );
  const failure = await failureOf(call(bridge, 'mute', 'x'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE', retryable: true });
  expect(failure.message).toContain('no answer within 300 ms');
});

test('a server of an unsupported protocol is told from one that exits', async () => {
  const bridge = await openBridge({ old: run('hostile.ts', 'stone-age') });
  const failure = await failureOf(call(bridge, 'old', 'x'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
  expect(failure.message).toContain('does not answer as an MCP server');
  expect(failure.message).toContain('1970-01-01');
});

test('a server that floods stdout without an end of line is ended', async () => {
  const bridge = await openBridge(
    { flood: run('hostile.ts', 'flood') },
    { caps: { resultBytes: 100_000 } },
  );
  const failure = await failureOf(call(bridge, 'flood', 'x'));
  expect(failure).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
  expect(failure.message).toContain('without an end of line');
});

test('a crash in the middle of a call is unknown, with exit code and stderr, and the server is replaced', async () => {
  const bridge = await openBridge({ bad: hostile });
  const before = await resultOf(call(bridge, 'bad', 'pid'));
  const failure = await failureOf(call(bridge, 'bad', 'crash'));
  expect(failure).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  for (const part of ['"bad"', 'exited with code 3', 'fatal: the disk is on fire', 'not known']) {
    expect(failure.message).toContain(part);
  }
  expect(failure.message).not.toContain('\u001B');
  expect(await resultOf(call(bridge, 'bad', 'pid'))).not.toBe(before);
});

test('a server ended by a signal is unknown and names the signal', async () => {
  const bridge = await openBridge({ bad: hostile });
  expect(await failureOf(call(bridge, 'bad', 'killed'))).toMatchObject({
    status: 'unknown',
    message: expect.stringContaining('SIGKILL'),
  });
});

test('a call that a server which has just ended did not get is made again', async () => {
  const bridge = await openBridge({ bad: hostile }, { caps: { parallelPerServer: 1 } });
  await bridge.catalog('bad' as ServerId);
  const [crash, waiting] = await Promise.all([
    failureOf(call(bridge, 'bad', 'crash')),
    resultOf(call(bridge, 'bad', 'pid')),
  ]);
  expect(crash.status).toBe('unknown');
  expect(crash.message).toContain('exited with code 3');
  expect(waiting).toBe(await resultOf(call(bridge, 'bad', 'pid')));
});

test('a call that is never answered is unknown, and the server gets the cancellation', async () => {
  const bridge = await openBridge({ bad: hostile }, { caps: { callMs: 1_500 } });
  expect(await failureOf(call(bridge, 'bad', 'hang'))).toMatchObject({
    status: 'unknown',
    code: 'CALL_TIMEOUT',
  });
  const abort = new AbortController();
  const aborted = call(bridge, 'bad', 'hang', {}, abort.signal);
  await resultOf(call(bridge, 'bad', 'pid'));
  abort.abort();
  expect(await failureOf(aborted)).toMatchObject({ status: 'unknown', code: 'ABORTED' });
  expect(await resultOf(call(bridge, 'bad', 'cancelled'))).toHaveLength(2);
});

test('a 12-MB reply within the cap arrives, beyond the SDK cap of 10 MiB', async () => {
  const bridge = await openBridge({ bad: hostile });
  expect(await resultOf(call(bridge, 'bad', 'large'))).toHaveLength(12_000_000);
});

test.each([true, false])(
  'a reply over the cap is RESULT_TOO_LARGE and costs no connection (id first: %s)',
  async (idFirst) => {
    const bridge = await openBridge({ bad: hostile }, { caps: { resultBytes: 500_000 } });
    const before = await resultOf(call(bridge, 'bad', 'pid'));
    const [huge, other] = await Promise.all([
      failureOf(call(bridge, 'bad', 'huge', { idFirst })),
      resultOf(call(bridge, 'bad', 'pid')),
    ]);
    expect(huge).toMatchObject({ status: 'failed', code: 'RESULT_TOO_LARGE' });
    expect(other).toBe(before);
    expect(await resultOf(call(bridge, 'bad', 'pid'))).toBe(before);
  },
);

test('a reply over the cap that names no call ends the server, and the next call gets a new one', async () => {
  const bridge = await openBridge({ bad: hostile }, { caps: { resultBytes: 500_000 } });
  const failure = await failureOf(call(bridge, 'bad', 'huge-without-id'));
  expect(failure).toMatchObject({ status: 'unknown', code: 'CALL_UNKNOWN' });
  expect(failure.message).toContain('ended by us because it sent a line of');
  expect(await resultOf(call(bridge, 'bad', 'pid'))).toBeTypeOf('number');
});

test.each(['deep', 'crowded'])(
  'a %s result is RESULT_TOO_LARGE before it is parsed',
  async (tool) => {
    const bridge = await openBridge({ bad: hostile });
    expect(await failureOf(call(bridge, 'bad', tool))).toMatchObject({ code: 'RESULT_TOO_LARGE' });
    expect(await resultOf(call(bridge, 'bad', 'pid'))).toBeTypeOf('number');
  },
);

test('lines on stdout that are no messages are passed over', async () => {
  const bridge = await openBridge({ bad: hostile });
  expect(await resultOf(call(bridge, 'bad', 'noise'))).toBe('through the noise');
});

test('a reply with a wrong id answers nobody, a second reply changes nothing', async () => {
  const bridge = await openBridge({ bad: hostile }, { caps: { callMs: 1_500 } });
  expect(await failureOf(call(bridge, 'bad', 'wrong-id'))).toMatchObject({ code: 'CALL_TIMEOUT' });
  expect(await resultOf(call(bridge, 'bad', 'twice'))).toBe('first');
  expect(await resultOf(call(bridge, 'bad', 'noise'))).toBe('through the noise');
});

test('keys such as __proto__ and then stay plain data, both ways', async () => {
  const bridge = await openBridge({ bad: hostile });
  expect(await call(bridge, 'bad', 'proto')).toMatchObject({
    json: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  });
  expect(await call(bridge, 'bad', 'then-key')).toMatchObject({ json: '{"then":"later"}' });
  const { signal } = new AbortController();
  const paramsJson = '{"__proto__":{"polluted":true},"then":{"then":1},"constructor":2}';
  const outcome = await bridge.callTool({ server: 'bad', tool: 'echo', paramsJson }, { signal });
  expect(outcome).toMatchObject({ json: paramsJson });
});

test('a secret of the configuration never appears in an error, nor do control characters', async () => {
  const bridge = await openBridge(
    { bad: { ...hostile, env: { TOKEN: variable('SECRET') } } },
    { env: { SECRET: 'canary-5f2e' } },
  );
  const failure = await failureOf(call(bridge, 'bad', 'secret'));
  expect(failure.message).not.toContain('canary');
  expect(failure.message).toContain('[redacted]');
  expect(failure.message).not.toMatch(/[\u0000-\u0008\u001B\u202E]/);
});

test('JSON-RPC errors are failed calls with the message of the server', async () => {
  const bridge = await openBridge({ bad: hostile });
  expect(await failureOf(call(bridge, 'bad', 'rpc-error'))).toMatchObject({
    status: 'failed',
    code: 'TOOL_FAILED',
    message: 'no luck',
  });
  expect(await failureOf(call(bridge, 'bad', 'rpc-invalid'))).toMatchObject({
    status: 'failed',
    code: 'INVALID_PARAMS',
    message: 'bad value for x',
  });
  expect(await failureOf(call(bridge, 'bad', 'no-object'))).toMatchObject({
    status: 'unknown',
    code: 'CALL_UNKNOWN',
    message: expect.stringContaining('no MCP reply'),
  });
});

test('a catalog of many pages is read page by page', async () => {
  const bridge = await openBridge({ pages: run('hostile.ts', 'pages') });
  const { tools } = await bridge.catalog('pages' as ServerId);
  expect(tools).toHaveLength(41);
});

test('close() while a server is still connecting leaves no process', async () => {
  const bridge = await openBridge({ mute: run('hostile.ts', 'mute') });
  const outcome = call(bridge, 'mute', 'x');
  await bridge.close();
  expect(await failureOf(outcome)).toMatchObject({ status: 'failed', code: 'ABORTED' });
});
