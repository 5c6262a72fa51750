/** isolated-vm: a V8 isolate in this process. */
import ivm from 'isolated-vm';
import type { Bounds, Subject, Tool } from '../subject.ts';

const noTool: Tool = async () => 'null';

async function run(body: string, tool = noTool, bounds: Bounds = {}): Promise<unknown> {
  const { memoryBytes = 256 * 2 ** 20, wallMs } = bounds;
  const isolate = new ivm.Isolate({ memoryLimit: memoryBytes / 2 ** 20 });
  try {
    const context = await isolate.createContext();
    await context.global.set('$tool', new ivm.Reference(tool));
    const code = `
      const tool = async (params) => JSON.parse(
        await $tool.apply(undefined, [JSON.stringify(params)], { result: { promise: true } }));
      (async () => JSON.stringify(await (async () => { ${body} })()))()`;
    const options = wallMs === undefined ? {} : { timeout: wallMs };
    return JSON.parse(await context.eval(code, { promise: true, ...options }));
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}

export async function open(): Promise<Subject> {
  return { run, close: async () => {} };
}
