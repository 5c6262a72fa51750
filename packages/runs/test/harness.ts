import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunOutcome, SandboxError, type ToolCall, type ToolCaller } from '@org/core';
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

/**
 * Counts calls and answers with their parameters. Calls of the tool `hold` wait until `release()`;
 * those of `wait` have not left until then.
 */
export class CountingTools implements ToolCaller {
  readonly tellsSent = true;
  readonly calls: string[] = [];
  readonly #gate = Promise.withResolvers<void>();

  release(): void {
    this.#gate.resolve();
  }

  async callTool(
    { tool, paramsJson }: ToolCall,
    { signal, onSent }: Parameters<ToolCaller['callTool']>[1],
  ): ReturnType<ToolCaller['callTool']> {
    const gone = new Promise<'gone'>((resolve) =>
      signal.addEventListener('abort', () => resolve('gone'), { once: true }),
    );
    const error = { code: 'ABORTED', message: 'gone', retryable: false } as const;
    if (tool === 'wait' && (await Promise.race([this.#gate.promise, gone])) === 'gone') {
      return { status: 'failed', error };
    }
    onSent?.();
    this.calls.push(`${tool} ${paramsJson}`);
    if (tool === 'hold' && (await Promise.race([this.#gate.promise, gone])) === 'gone') {
      return { status: 'unknown', error };
    }
    return { status: 'done', json: paramsJson, cached: false };
  }
}
