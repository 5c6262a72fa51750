/**
 * A program with two tool calls: runs it, freezes it to a file at its second call, or thaws it from
 * there. Prints what must be equal, wherever the two halves run.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { ToolCaller } from '@org/core';
import { createSandbox, type Run } from '@org/wasm-runtime';

const program = `
const seen: unknown[] = [Math.random(), Date.now()];
for (const n of [1, 2]) seen.push(await callTool('server', 'twice', { n }));
console.log('seen', seen.length);
export default seen;`;

const [, , mode = 'run', file = ''] = process.argv;
const secondCall = Promise.withResolvers<void>();
const mayAnswer = Promise.withResolvers<void>();
const tools: ToolCaller = {
  callTool: async ({ paramsJson }) => {
    const { n } = JSON.parse(paramsJson);
    if (n === 2 && mode === 'freeze') {
      secondCall.resolve();
      await mayAnswer.promise;
    }
    return { status: 'done', json: String(n * 2), cached: false };
  },
};

async function report(run: Run): Promise<void> {
  const { runId: _, calls, usage, ...rest } = await run.outcome;
  const { wallMs: _ms, ...counted } = usage;
  const made = calls.map(({ tool, status, bytes }) => ({ tool, status, bytes }));
  console.log(JSON.stringify({ ...rest, calls: made, usage: counted }));
}

await using sandbox = await createSandbox({ tools });
if (mode === 'thaw') {
  const bytes = await readFile(file);
  const component = await sandbox.toComponent(bytes);
  console.error(Buffer.from(component.subarray(0, 8)).toString('hex'), component.length);
  await report(await sandbox.thaw(bytes));
} else {
  const run = await sandbox.start(program, { seed: 'seed', startTime: 1_700_000_000_000 });
  if (mode === 'freeze') {
    await secondCall.promise;
    const frozen = run.freeze();
    // It counts from the next turn on; only then the call may be answered.
    await new Promise(setImmediate);
    mayAnswer.resolve();
    await writeFile(file, await frozen);
  }
  await report(run);
}
