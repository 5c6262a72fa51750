/** Best of five: one program, frozen before its guess, goes on five ways with other random numbers. */
import { createSandbox } from '@org/wasm-runtime';

const program = `
const data = Array.from({ length: 200 }, (_, n) => Math.sin(n) * n);
await sleep(1);
let best = 0;
for (let guess = 0; guess < 50; guess++) {
  best = Math.max(best, data[Math.floor(Math.random() * data.length)]);
}
return best;`;

await using sandbox = await createSandbox();
const prepared = await sandbox.start(program, { seed: 'data' });
const runs = await sandbox.fork(await prepared.freeze(), 5, { seed: 'guesses' });
const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
const values = outcomes.map((one) => (one.status === 'returned' ? Number(one.value) : 0));
console.log(values.map((value) => value.toFixed(1)).join(' '), '→', Math.max(...values).toFixed(1));
