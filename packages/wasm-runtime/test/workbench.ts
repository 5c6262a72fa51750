import { readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { RunOutcome, ToolCall, ToolCaller, ToolCallOutcome } from '@org/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createSandbox, type RunOptions, type Sandbox, type SandboxOptions } from '../src/index.ts';

export { memoryFiles } from './memory-files.ts';

export const done = (value: unknown, cached = false): ToolCallOutcome => ({
  status: 'done',
  json: JSON.stringify(value),
  cached,
});

/** Tools answered by `answer`; keeps what was called, and with which signals. */
export function recordingTools(
  answer: (call: ToolCall, signal: AbortSignal) => ToolCallOutcome | Promise<ToolCallOutcome>,
): ToolCaller & { readonly made: ToolCall[]; readonly signals: AbortSignal[] } {
  const made: ToolCall[] = [];
  const signals: AbortSignal[] = [];
  return {
    made,
    signals,
    callTool: async (call, { signal }) => {
      made.push(call);
      signals.push(signal);
      return answer(call, signal);
    },
  };
}

/** Settles when `signal` aborts, as the port asks of every tool. */
export function untilAborted(signal: AbortSignal): Promise<ToolCallOutcome> {
  const { promise, resolve } = Promise.withResolvers<ToolCallOutcome>();
  const error = { code: 'CALL_UNKNOWN', message: 'Cancelled.', retryable: false } as const;
  const onAbort = () => resolve({ status: 'unknown', error });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return promise;
}

type OutcomeOf<Status extends RunOutcome['status']> = Extract<RunOutcome, { status: Status }>;

/** Tests of one file share a sandbox; its workers are closed after them. */
export function sharedSandbox(options: SandboxOptions = {}) {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 2, ...options });
  });
  afterAll(() => sandbox.close());
  const run = (source: string, runOptions: RunOptions = {}): Promise<RunOutcome> =>
    sandbox.run(source, runOptions);
  const ending =
    <Status extends RunOutcome['status']>(status: Status) =>
    async (source: string, runOptions?: RunOptions): Promise<OutcomeOf<Status>> => {
      const outcome = await run(source, runOptions);
      expect(outcome, JSON.stringify(outcome).slice(0, 2000)).toMatchObject({ status });
      return outcome as OutcomeOf<Status>;
    };
  return {
    get sandbox(): Sandbox {
      return sandbox;
    },
    run,
    /** The value that `source` returns. */
    value: async (source: string, runOptions?: RunOptions) =>
      (await ending('returned')(source, runOptions)).value,
    /** The error that `source` throws. */
    error: async (source: string, runOptions?: RunOptions) =>
      (await ending('threw')(source, runOptions)).error,
    /** The limit at which `source` ends. */
    limit: async (source: string, runOptions?: RunOptions) =>
      (await ending('limit')(source, runOptions)).limit,
    /** The messages that `source` logs. */
    messages: async (source: string, runOptions?: RunOptions) =>
      (await run(source, runOptions)).logs.map(({ message }) => message),
  };
}

/** Enough for any program that ends; an endless one is stopped within a fraction of a second. */
export const littleFuel = { fuel: 20_000_000 } as const;

/** Processes that this one has started and that run the compiler. */
export function compilers(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return children
    .split(' ')
    .filter((pid) => pid !== '')
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compile-child');
      } catch {
        return false;
      }
    }).length;
}

/** Every worker thread that this process starts during the current test. */
export function startedWorkers(): Worker[] {
  const started: Worker[] = [];
  const onWorker = (worker: Worker) => started.push(worker);
  beforeEach(() => {
    started.length = 0;
    process.on('worker', onWorker);
  });
  afterEach(() => process.off('worker', onWorker));
  return started;
}
