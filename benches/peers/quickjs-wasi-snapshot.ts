/** quickjs-wasi writes the whole memory of its WASM instance. */
import { readFile } from 'node:fs/promises';
import { QuickJS } from 'quickjs-wasi';
import type { SnapshotPeer } from '../subject.ts';

export async function openSnapshots(): Promise<SnapshotPeer<QuickJS>> {
  const file = new URL(import.meta.resolve('quickjs-wasi/quickjs.wasm'));
  const wasm = await WebAssembly.compile(await readFile(file));
  return {
    async waiting(body) {
      const vm = await QuickJS.create({ wasm });
      const code = `
        (async () => {
          ${body}
          await 1;
          await 2;
          await new Promise((resolve) => { globalThis.answer = resolve; });
          globalThis.result = count();
        })();`;
      vm.evalCode(code).dispose();
      vm.executePendingJobs();
      return vm;
    },
    freeze(vm) {
      const bytes = QuickJS.serializeSnapshot(vm.snapshot());
      vm.dispose();
      return bytes;
    },
    async finish(snapshot) {
      using vm = await QuickJS.restore(QuickJS.deserializeSnapshot(snapshot), { wasm });
      using answer = vm.global.getProp('answer');
      vm.callFunction(answer, vm.undefined).dispose();
      vm.executePendingJobs();
      return vm.global.getProp('result').consume((result) => result.toNumber());
    },
  };
}
