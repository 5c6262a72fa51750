/**
 * Fuzzes each target in turn for the given number of minutes, and prints as JSON how often each was
 * tried. Ends with the first input for which a claim does not hold.
 */
import fc from 'fast-check';
import { targets } from './targets.ts';

const minutes = Number(process.argv[2] ?? 10);
const end = Date.now() + minutes * 60_000;
const batch = 2_000;
const tried: Record<string, number> = Object.fromEntries(targets.map(({ name }) => [name, 0]));
while (Date.now() < end) {
  for (const { name, property } of targets) {
    fc.assert(property, { numRuns: batch, seed: Math.trunc(Math.random() * 2 ** 31) });
    tried[name] = (tried[name] ?? 0) + batch;
  }
}
console.log(JSON.stringify({ node: process.version, minutes, tried }, null, 2));
