import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunOutcome, SandboxError } from '@org/core';
import { expect, onTestFinished } from 'vitest';
import { openRunStore, openRuns, type Runs, type RunsOptions } from '../src/index.ts';

export const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);

/** Waits for a condition, however slow the machine is. */
export const eventually: typeof expect.poll = (read, options) =>
  expect.poll(read, { timeout: 30_000, ...options });

/** A folder that is removed after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs in a store on the disk, closed after the test. */
export function openScratchRuns(
  options: Partial<RunsOptions> = {},
  file = path.join(scratchFolder(), 'runs.db'),
): Runs {
  const runs = openRuns({ store: openRunStore({ path: file }), ...options });
  onTestFinished(() => runs[Symbol.asyncDispose]());
  return runs;
}

/** The code of what is thrown; undefined where nothing is. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SandboxError) return error.code;
    throw error;
  }
  return undefined;
}

export function returned(outcome: RunOutcome): unknown {
  if (outcome.status === 'returned') return outcome.value;
  throw new Error(JSON.stringify(outcome));
}
