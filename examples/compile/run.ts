/** Another process: runs an export of a compiled program, whichever form its file has. */
import { readFile } from 'node:fs/promises';
import { createSandbox } from '@org/wasm-runtime';

const [, , file = 'prices.wasm', entry = 'default', item = 'desk'] = process.argv;
await using sandbox = await createSandbox();
const program = sandbox.openProgram(await readFile(file));
const outcome = await sandbox.run(program, { entry, args: { item } });
console.log(outcome.status === 'returned' ? outcome.value : outcome);
