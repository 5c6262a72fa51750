/** quickjs-wasi: a new WASM instance of a module that was compiled once. */
import { readFile } from 'node:fs/promises';
import { QuickJS } from 'quickjs-wasi';
import type { Bounds, Subject, Tool } from '../subject.ts';

const noTool: Tool = async () => 'null';

async function run(
  wasm: WebAssembly.Module,
  body: string,
  tool = noTool,
  { memoryBytes, wallMs }: Bounds = {},
): Promise<unknown> {
  const deadline = wallMs === undefined ? Infinity : Date.now() + wallMs;
  const vm = await QuickJS.create({
    wasm,
    ...(memoryBytes === undefined ? {} : { memoryLimit: memoryBytes }),
    ...(wallMs === undefined ? {} : { interruptHandler: () => Date.now() > deadline }),
  });
  let disposed = false;
  try {
    using handle = vm.newFunction('$tool', (params) => {
      const deferred = vm.newPromise();
      tool(params?.toString() ?? '').then((answer) => {
        if (disposed) return;
        using text = vm.newString(answer);
        deferred.resolve(text);
        vm.executePendingJobs();
      });
      return deferred.handle;
    });
    vm.setProp(vm.global, '$tool', handle);
    const code = `
      const tool = async (params) => JSON.parse(await $tool(JSON.stringify(params)));
      (async () => JSON.stringify(await (async () => { ${body} })()))()`;
    using promise = vm.evalCode(code);
    const settled = vm.resolvePromise(promise);
    vm.executePendingJobs();
    const outcome = await settled;
    if ('error' in outcome) throw new Error(outcome.error.consume((error) => error.toString()));
    return JSON.parse(outcome.value.consume((value) => value.toString()));
  } finally {
    disposed = true;
    vm.dispose();
  }
}

export async function open(): Promise<Subject> {
  const file = new URL(import.meta.resolve('quickjs-wasi/quickjs.wasm'));
  const wasm = await WebAssembly.compile(await readFile(file));
  return { run: (body, tool, bounds) => run(wasm, body, tool, bounds), close: async () => {} };
}
