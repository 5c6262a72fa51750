/**
 * Best of five: a program reads its data once and is frozen; from there it goes on five ways, each with
 * random numbers of its own.
 */
import assert from 'node:assert/strict';
import { createSandbox } from '@org/wasm-runtime';

const program = `
const data = await measurements();
let best = 0;
for (let guess = 0; guess < 50; guess++) {
  best = Math.max(best, data[Math.floor(Math.random() * data.length)]);
}
return best;`;

let reads = 0;
const measurements = {
  call: () => {
    reads++;
    return Array.from({ length: 200 }, (_, n) => Math.sin(n) * n);
  },
};
await using sandbox = await createSandbox({ extensions: { measurements } });
const prepared = await sandbox.start(program, { seed: 'data' });
const frozen = await prepared.freeze();

async function bestOf(ways: number): Promise<readonly number[]> {
  const runs = await sandbox.fork(frozen, ways, { seed: 'guesses' });
  const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
  return outcomes.map((one) => (one.status === 'returned' ? Number(one.value) : Number.NaN));
}

const first = await bestOf(5);
assert.equal(new Set(first).size > 1, true);
assert.deepEqual(await bestOf(5), first); // the same ways each time
assert.equal(reads, 1);
console.log(`read ${reads} time; ${first.map((value) => value.toFixed(1)).join(' ')}`);
console.log(`best: ${Math.max(...first).toFixed(1)}`);
