/** Compiles a program to a small file, and to a component that any component runtime can drive. */
import { writeFile } from 'node:fs/promises';
import { createSandbox } from '@org/wasm-runtime';

const program = `
const prices: Record<string, number> = { desk: 240, clock: 35 };
export const cheapest = () => Object.keys(prices).sort((a, b) => prices[a] - prices[b])[0];
export default ({ item }: { item: string }) => prices[item] ?? 'not sold';
`;

const [, , file = 'prices.wasm', component = 'prices.component.wasm'] = process.argv;
await using sandbox = await createSandbox();
const compiled = await sandbox.compile(program, { name: 'prices.ts' });
await writeFile(file, await compiled.toModule());
await writeFile(component, await compiled.toComponent());
console.log(`exports ${compiled.exports.join(' and ')}`);
