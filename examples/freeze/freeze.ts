/** Starts a program, and freezes it to a file while it waits for a person to approve. */
import { writeFile } from 'node:fs/promises';
import { createSandbox } from '@org/wasm-runtime';

const program = `
const orders = new Map([['oak desk', 2], ['wall clock', 5]]);
console.log('asking for', orders.size, 'orders');
let answer;
while ((answer = await getState('approved')) === undefined) await sleep(50);
return [...orders].map(([item, count]) => answer ? count + ' × ' + item : 'refused: ' + item);
`;

const [, , file = 'waiting.snapshot'] = process.argv;
await using sandbox = await createSandbox();
const run = await sandbox.start(program, { name: 'orders.ts' });
const bytes = await run.freeze();
await writeFile(file, bytes);
const { status, usage } = await run.outcome;
console.log(
  `${status} after ${usage.fuel > 0 ? 'some' : 'no'} work, in under 130 kB: ${bytes.length < 130_000}`,
);
