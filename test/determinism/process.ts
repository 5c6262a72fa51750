/**
 * Runs programs in this process, and prints as JSON what must be equal wherever they run. The first
 * argument says which: `run` all of `<folder>/programs.json`, or `freeze` and `thaw` for their halves
 * before and after one of their calls, or `repeat` a small one `<times>`, with the number of times
 * that each ending was seen.
 */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ToolCaller } from '@org/core';
import { createSandbox, type Run, type RunOptions } from '@org/wasm-runtime';

/** Calls `tick(n)`, which resolves to n. */
export interface TestProgram {
  readonly name: string;
  readonly source: string;
  /** While it waits for this call, from 1, it is frozen. */
  readonly frozenAt: number;
}

const [, , mode = '', argument = ''] = process.argv;
const options: RunOptions = {
  seed: 'seed',
  startTime: 1_700_000_000_000,
  limits: { fuel: 30_000_000, memoryBytes: 32 * 1024 * 1024 },
};
const tick = `const tick = (n) => callTool('server', 'tick', { n });`;

function readPrograms(): TestProgram[] {
  return JSON.parse(readFileSync(path.join(argument, 'programs.json'), 'utf8'));
}

const snapshotOf = (index: number) => path.join(argument, `${index}.snapshot`);

/** Answers with n, as soon as `mayAnswer` settles. */
function ticking(mayAnswer: () => Promise<void> = async () => {}): ToolCaller {
  return {
    callTool: async ({ tool, paramsJson }) => {
      if (tool === 'fails') {
        const error = { code: 'TOOL_FAILED', message: 'It failed.', retryable: false } as const;
        return { status: 'failed', error };
      }
      await mayAnswer();
      return { status: 'done', json: String(JSON.parse(paramsJson).n), cached: false };
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
  for (const { name, source } of readPrograms()) {
    ends[name] = await essence(await sandbox.start(tick + source, options));
  }
  return ends;
}

async function freezeAll() {
  let callsLeft = 0;
  let reached = Promise.withResolvers<void>();
  let mayAnswer = Promise.withResolvers<void>();
  const tools = ticking(() => {
    if (--callsLeft > 0) return Promise.resolve();
    reached.resolve();
    return mayAnswer.promise;
  });
  await using sandbox = await createSandbox({ tools });
  const statuses: string[] = [];
  for (const [index, { source, frozenAt }] of readPrograms().entries()) {
    callsLeft = frozenAt;
    reached = Promise.withResolvers<void>();
    mayAnswer = Promise.withResolvers<void>();
    const run = await sandbox.start(tick + source, options);
    await reached.promise;
    const bytes = run.freeze();
    // It counts from the next turn on; only then the call may be answered.
    await new Promise(setImmediate);
    mayAnswer.resolve();
    await writeFile(snapshotOf(index), await bytes);
    statuses.push((await run.outcome).status);
  }
  return statuses;
}

async function thawAll() {
  await using sandbox = await createSandbox({ tools: ticking() });
  const ends: Record<string, unknown> = {};
  for (const [index, { name }] of readPrograms().entries()) {
    ends[name] = await essence(await sandbox.thaw(await readFile(snapshotOf(index))));
  }
  return ends;
}

/** Every tenth run grows its memory, so that the next one gets a new instance, not a reset one. */
async function repeat() {
  await using sandbox = await createSandbox({ tools: ticking(), workers: 2 });
  const small = await sandbox.compile(`${tick} return [Math.random(), await tick(1)]`);
  const growing = await sandbox.compile('return new Uint8Array(20_000_000).length');
  const seen: Record<string, number> = {};
  for (let index = 0; index < Number(argument); index++) {
    if (index % 10 === 0) await sandbox.run(growing, options);
    const end = JSON.stringify(await essence(await sandbox.start(small, options)));
    seen[end] = (seen[end] ?? 0) + 1;
  }
  return seen;
}

const modes: Readonly<Record<string, () => Promise<unknown>>> = {
  run: runAll,
  freeze: freezeAll,
  thaw: thawAll,
  repeat,
};
console.log(JSON.stringify(await modes[mode]?.()));
