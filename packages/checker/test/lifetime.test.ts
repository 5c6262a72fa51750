/** The compiler's process ends with the checker, and with the process that has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createChecker } from '../src/index.ts';
import { bareFiles } from './bare-files.ts';
import { endless } from './endless.ts';
import { descendants, isAlive } from './processes.ts';

const host = fileURLToPath(new URL('fixtures/host.ts', import.meta.url));
const patience = { timeout: 60_000, interval: 20 };
const started: number[] = [];
afterAll(() => {
  for (const pid of started.filter(isAlive)) process.kill(pid, 'SIGKILL');
});

async function start(mode: string) {
  const child = spawn(process.execPath, [host, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  started.push(child.pid as number);
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const pids: number[] = JSON.parse(line);
  started.push(...pids);
  return { child, ended, pids };
}

const gone = (pids: readonly number[]) =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), patience);

describe.runIf(process.platform === 'linux')('the compiler', () => {
  test('keeps no process from ending', async () => {
    const { ended, pids } = await start('end');
    expect(pids.length).toBeGreaterThan(0);
    expect(await ended).toEqual([0, null]);
    await gone(pids);
  });

  test.for<[string, NodeJS.Signals]>([
    ['idle', 'SIGKILL'],
    ['idle', 'SIGINT'],
    ['busy', 'SIGKILL'],
    ['busy', 'SIGINT'],
  ])('%s, ends when its host ends by %s', async ([mode, signal]) => {
    const { child, ended, pids } = await start(mode);
    // A terminal's Ctrl-C reaches the whole group of processes.
    process.kill(signal === 'SIGINT' ? -(child.pid as number) : (child.pid as number), signal);
    expect(await ended).toEqual([null, signal]);
    await gone(pids);
  });
});

test('closing a checker ends a check under way', async () => {
  const checker = createChecker({ files: bareFiles(), deadlineMs: 600_000 });
  await checker.check('return 1');
  const checking = checker.check(endless);
  const told = expect(checking).rejects.toMatchObject({ code: 'ABORTED' });
  await checker[Symbol.asyncDispose]();
  await told;
  await expect(checker.check('return 1')).rejects.toMatchObject({ code: 'ABORTED' });
});

test.runIf(process.platform === 'linux')(
  'a compiler that somebody kills is replaced, and the check made again',
  async () => {
    await using checker = createChecker({ files: bareFiles(), deadlineMs: 600_000 });
    const before = descendants(process.pid);
    await checker.check('return 1');
    const compiler = descendants(process.pid).filter((pid) => !before.includes(pid));
    expect(compiler.length).toBeGreaterThan(0);
    process.kill(compiler.at(-1) as number, 'SIGKILL');
    expect(await checker.check('return 1')).toMatchObject({ ok: true, diagnostics: [] });
    await gone(compiler);
  },
);
