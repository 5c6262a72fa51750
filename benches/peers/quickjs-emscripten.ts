/** quickjs-emscripten: a new runtime and context in one shared WASM instance, so in used memory. */
import {
  getQuickJS,
  type QuickJSWASMModule,
  shouldInterruptAfterDeadline,
} from 'quickjs-emscripten';
import type { Bounds, Subject, Tool } from '../subject.ts';

const noTool: Tool = async () => 'null';

export async function runInContext(
  quickjs: QuickJSWASMModule,
  body: string,
  tool = noTool,
  { memoryBytes, wallMs }: Bounds = {},
): Promise<unknown> {
  using runtime = quickjs.newRuntime();
  if (memoryBytes !== undefined) runtime.setMemoryLimit(memoryBytes);
  if (wallMs !== undefined) {
    runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + wallMs));
  }
  using context = runtime.newContext();
  const settled = async (params: string, resolve: (answer: string) => void) =>
    resolve(await tool(params));
  using handle = context.newFunction('$tool', (params) => {
    const deferred = context.newPromise();
    settled(context.getString(params), (answer) => {
      if (!context.alive) return;
      using text = context.newString(answer);
      deferred.resolve(text);
      runtime.executePendingJobs();
    });
    return deferred.handle;
  });
  context.setProp(context.global, '$tool', handle);
  const code = `
    const tool = async (params) => JSON.parse(await $tool(JSON.stringify(params)));
    (async () => JSON.stringify(await (async () => { ${body} })()))()`;
  using promise = context.unwrapResult(context.evalCode(code));
  const outcome = context.resolvePromise(promise);
  using jobs = runtime.executePendingJobs();
  if (jobs.error) context.unwrapResult(jobs);
  using value = context.unwrapResult(await outcome);
  return JSON.parse(context.getString(value));
}

export async function open(): Promise<Subject> {
  const quickjs = await getQuickJS();
  return {
    run: (body, tool, bounds) => runInContext(quickjs, body, tool, bounds),
    close: async () => {},
  };
}
