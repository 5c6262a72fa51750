/** Another process, perhaps days later: puts the answer where the program looks, and goes on. */
import { readFile } from 'node:fs/promises';
import type { StateStore } from '@org/core';
import { createSandbox } from '@org/wasm-runtime';

const [, , file = 'waiting.snapshot', answer = 'yes'] = process.argv;
const state: StateStore = {
  get: async (key) => (key === 'approved' ? JSON.stringify(answer === 'yes') : undefined),
  set: async () => {},
};
await using sandbox = await createSandbox({ state });
const run = await sandbox.thaw(await readFile(file));
const outcome = await run.outcome;
console.log(outcome.status === 'returned' ? outcome.value : outcome);
