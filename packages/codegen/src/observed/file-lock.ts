import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { isProcessAlive } from '@org/core';

/** After this time the holder is taken for dead whose process cannot be looked at. */
const staleMs = 60_000;
/** The same where a process has the holder's id: it may be another one by then. */
const reusedMs = 600_000;
const longestWaitMs = 10_000;
const host = hostname();

/**
 * Runs `work` while no other process does so with the same `lockFile`. The lock of a process that
 * has ended is taken over.
 * @throws Error when it is not free within 10 s, or the disk refuses
 */
export async function withFileLock<Result>(
  lockFile: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const mine = JSON.stringify({ pid: process.pid, host, id: randomUUID() });
  await take(lockFile, mine);
  try {
    return await work();
  } finally {
    // Not one that somebody took over because this process slept.
    if ((await contentOf(lockFile)) === mine) await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string, mine: string): Promise<void> {
  const deadline = performance.now() + longestWaitMs;
  while (!(await created(lockFile, mine))) {
    if (performance.now() > deadline) throw new Error('another process does not let go of it');
    const holder = await contentOf(lockFile);
    if (holder !== undefined && (await isStale(lockFile, holder))) await remove(lockFile, holder);
    else await wait(2 + Math.random() * 18);
  }
}

/** @returns false where there is one. What could not be written whole is taken away again. */
async function created(file: string, content: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(content).catch(async (error) => {
      await rm(file, { force: true });
      throw error;
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isStale(file: string, holder: string): Promise<boolean> {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
  const age = Date.now() - mtimeMs;
  const pid = pidOf(holder);
  if (pid === undefined) return age > staleMs;
  return !isProcessAlive(pid) || age > reusedMs;
}

/** Undefined for a process of another machine, and for a lock that is being written. */
function pidOf(holder: string): number | undefined {
  try {
    const { pid, host: itsHost } = JSON.parse(holder) as { pid: unknown; host: unknown };
    return itsHost === host && Number.isSafeInteger(pid) ? (pid as number) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Only who has the second lock may remove the first, and only if it is still the stale one: else
 * the second of two processes that found it stale could remove what the first one made since.
 */
async function remove(lockFile: string, stale: string): Promise<void> {
  const second = `${lockFile}.stale`;
  if (!(await created(second, ''))) {
    // Its holder ended between these lines, long ago.
    const { mtimeMs } = await stat(second).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > staleMs) await rm(second, { force: true });
    else await wait(2 + Math.random() * 18);
    return;
  }
  try {
    if ((await contentOf(lockFile)) === stale) await rm(lockFile, { force: true });
  } finally {
    await rm(second, { force: true });
  }
}
