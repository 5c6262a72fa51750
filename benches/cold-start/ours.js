import { createSandbox } from '@org/wasm-runtime';

await using sandbox = await createSandbox();
const outcome = await sandbox.run('export default 6 * 7;');
console.log(outcome.value);
