import { readFile } from 'node:fs/promises';
import { QuickJS } from 'quickjs-wasi';

const wasm = await readFile(new URL(import.meta.resolve('quickjs-wasi/quickjs.wasm')));
using vm = await QuickJS.create({ wasm });
console.log(vm.evalCode('6 * 7').consume((value) => value.toNumber()));
