/**
 * Runs the programs in this process, and prints as JSON what must be equal wherever they run:
 * `run`, or `freeze <folder>` and `thaw <folder>` for the halves before and after the second call,
 * or `repeat <times>` for one small program, with the number of times that each ending was seen.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ToolCaller } from '@org/core';
import { createSandbox, type Run, type RunOptions } from '@org/wasm-runtime';
import { programs } from './programs.ts';

const options: RunOptions = {
  seed: 'seed',
  startTime: 1_700_000_000_000,
  limits: { fuel: 30_000_000, memoryBytes: 32 * 1024 * 1024 },
};
const tick = `const tick = (n) => callTool('server', 'tick', { n });`;

/** Answers with n. `beforeSecond` is awaited before the second call is answered. */
function ticking(beforeSecond: () => Promise<void> = async () => {}): ToolCaller {
  return {
    callTool: async ({ tool, paramsJson }) => {
      if (tool === 'fails') {
        const error = { code: 'TOOL_FAILED', message: 'It failed.', retryable: false } as const;
        return { status: 'failed', error };
      }
      const { n } = JSON.parse(paramsJson);
      if (n === 2) await beforeSecond();
      return { status: 'done', json: String(n), cached: false };
    },
  };
}

async function essence(run: Run) {
  const { runId: _, usage, calls, ...rest } = await run.outcome;
  const { wallMs: _ms, ...counted } = usage;
  return { ...rest, usage: counted, calls: calls.map(({ ms: _, ...call }) => call) };
}

async function runAll() {
  await using sandbox = await createSandbox({ tools: ticking() });
  const ends: Record<string, unknown> = {};
  for (const [name, program] of Object.entries(programs)) {
    ends[name] = await essence(await sandbox.start(tick + program, options));
  }
  return ends;
}

const fileOf = (folder: string, index: number) => path.join(folder, `${index}.snapshot`);

async function freezeAll(folder: string) {
  let called = Promise.withResolvers<void>();
  let mayAnswer = Promise.withResolvers<void>();
  const tools = ticking(() => {
    called.resolve();
    return mayAnswer.promise;
  });
  await using sandbox = await createSandbox({ tools });
  const statuses: string[] = [];
  for (const [index, program] of Object.values(programs).entries()) {
    called = Promise.withResolvers<void>();
    mayAnswer = Promise.withResolvers<void>();
    const run = await sandbox.start(tick + program, options);
    await called.promise;
    const bytes = run.freeze();
    // It counts from the next turn on; only then the call may be answered.
    await new Promise(setImmediate);
    mayAnswer.resolve();
    await writeFile(fileOf(folder, index), await bytes);
    statuses.push((await run.outcome).status);
  }
  return statuses;
}

async function thawAll(folder: string) {
  await using sandbox = await createSandbox({ tools: ticking() });
  const ends: Record<string, unknown> = {};
  for (const [index, name] of Object.keys(programs).entries()) {
    ends[name] = await essence(await sandbox.thaw(await readFile(fileOf(folder, index))));
  }
  return ends;
}

/** Every tenth run grows its memory, so that the next one gets a new instance, not a reset one. */
async function repeat(times: number) {
  await using sandbox = await createSandbox({ tools: ticking(), workers: 2 });
  const small = await sandbox.compile(`${tick} return [Math.random(), await tick(1)]`);
  const growing = await sandbox.compile('return new Uint8Array(20_000_000).length');
  const seen: Record<string, number> = {};
  for (let index = 0; index < times; index++) {
    if (index % 10 === 0) await sandbox.run(growing, options);
    const end = JSON.stringify(await essence(await sandbox.start(small, options)));
    seen[end] = (seen[end] ?? 0) + 1;
  }
  return seen;
}

const [, , mode, argument = ''] = process.argv;
const modes: Readonly<Record<string, () => Promise<unknown>>> = {
  run: runAll,
  freeze: () => freezeAll(argument),
  thaw: () => thawAll(argument),
  repeat: () => repeat(Number(argument)),
};
console.log(JSON.stringify(await modes[mode ?? '']?.()));
