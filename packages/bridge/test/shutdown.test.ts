import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ServerId } from '@org/core';
import { expect, test } from 'vitest';
import {
  call,
  failureOf,
  fixture,
  isAlive,
  openBridge,
  resultOf,
  run,
  scratchFolder,
} from './harness.ts';

test('close() ends a server that ignores SIGTERM, within 2 s', async () => {
  const bridge = await openBridge({ stubborn: run('hostile.ts', 'stubborn') });
  const pid = (await resultOf(call(bridge, 'stubborn', 'pid'))) as number;
  expect(await isAlive(pid)).toBe(true);
  const start = performance.now();
  await bridge.close();
  expect(performance.now() - start).toBeLessThan(2_000);
  expect(await isAlive(pid)).toBe(false);
});

test('close() ends what a server has started, though it ignores SIGTERM', async () => {
  const bridge = await openBridge({ parent: run('hostile.ts') });
  const pid = (await resultOf(call(bridge, 'parent', 'grandchild'))) as number;
  expect(await isAlive(pid)).toBe(true);
  await bridge.close();
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('close() ends the server behind a wrapper', async () => {
  const { command, args } = run('hostile.ts', 'stubborn');
  const bridge = await openBridge({
    wrapped: { command: 'sh', args: ['-c', '"$@"; true', 'sh', command, ...args] },
  });
  const pid = (await resultOf(call(bridge, 'wrapped', 'pid'))) as number;
  await bridge.close();
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('close() ends a server that is being started at that moment', async () => {
  const folder = await scratchFolder();
  const pidFile = path.join(folder, 'pid');
  const script = `echo $$ > ${pidFile}; exec sleep 60`;
  const bridge = await openBridge(
    { starting: { command: 'sh', args: ['-c', script] } },
    { folder },
  );
  const refused = bridge.catalog('starting' as ServerId).catch((error) => error.code);
  await bridge.close();
  expect(await refused).toBe('ABORTED');
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'));
  expect(pid === 0 || !(await isAlive(pid))).toBe(true);
});

test('a crash ends what the server has started', async () => {
  const bridge = await openBridge({ parent: run('hostile.ts') });
  const pid = (await resultOf(call(bridge, 'parent', 'grandchild'))) as number;
  await call(bridge, 'parent', 'killed');
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('a server whose handshake timed out is ended', async () => {
  const folder = await scratchFolder();
  const file = path.join(folder, 'pid');
  const { command, args } = run('hostile.ts', 'mute-stubborn');
  // Its id is in the file before Node starts, which can take longer than it is given.
  const script = 'echo $$ > "$0" && exec "$@"';
  const mute = { command: 'sh', args: ['-c', script, file, command, ...args] };
  const bridge = await openBridge({ mute }, { folder, caps: { connectMs: 1_500 } });
  expect(await failureOf(call(bridge, 'mute', 'x'))).toMatchObject({
    code: 'SERVER_UNAVAILABLE',
    message: expect.stringContaining('no answer within 1500 ms'),
  });
  const pid = Number(await readFile(file, 'utf8'));
  expect(pid).toBeGreaterThan(1);
  // The call is told when nothing of the server is left.
  expect(await isAlive(pid)).toBe(false);
});

test('process.exit() of the host ends its servers', async () => {
  const folder = await scratchFolder();
  const mcpServers = { one: run('hostile.ts', 'stubborn') };
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers }));
  const host = [fixture('exiting-host.ts'), folder];
  const { stdout } = await promisify(execFile)(process.execPath, host);
  const pid = Number((JSON.parse(stdout) as { json: string }).json);
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('after close() no exit handler is left', async () => {
  const before = process.listenerCount('exit');
  const bridge = await openBridge({ one: run('hostile.ts'), two: run('hostile.ts') });
  await Promise.all([call(bridge, 'one', 'pid'), call(bridge, 'two', 'pid')]);
  expect(process.listenerCount('exit')).toBe(before + 1);
  await bridge.close();
  expect(process.listenerCount('exit')).toBe(before);
});
