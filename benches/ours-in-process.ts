/** @org/wasm-runtime without its pool: one instance, driven in this thread, reset after each run. */
import { Instance, loadEngine, type StepResult } from '@org/wasm-runtime';
import { fieldText, MessageWriter, readFrames } from '../packages/wasm-runtime/src/frames.ts';
import { inbound, outbound, type StartOptions } from '../packages/wasm-runtime/src/wire.ts';
import type { Bounds, Subject, Tool } from './subject.ts';

const noTool: Tool = async () => 'null';

const options: StartOptions = {
  seed: [1, 2, 3, 4],
  toolCalls: 1_000_000,
  outputBytes: 2 ** 26,
  logBytes: 2 ** 20,
  extensions: [],
};

/** What starts `body`; it is not compiled, so it must be JavaScript. */
export function startMessage(body: string): Uint8Array {
  const code = `
    const tool = (params) => callTool('bench', 'tool', params);
    $export({ default: async () => { ${body} } });`;
  return new MessageWriter()
    .frame(inbound.start, 0, JSON.stringify(options), code, '{}')
    .finish(Date.now());
}

/** The calls that a step handed out, or the result. */
export function read({ output, trap }: StepResult): {
  readonly calls: readonly { readonly id: number; readonly params: string }[];
  readonly json: string | undefined;
} {
  if (trap !== undefined) throw new Error(`limit: ${trap.kind}`);
  const calls: { id: number; params: string }[] = [];
  let json: string | undefined;
  for (const frame of readFrames(output)) {
    if (frame.kind === outbound.call) calls.push({ id: frame.id, params: fieldText(frame, 3) });
    else if (frame.kind === outbound.returned) json = fieldText(frame, 0);
    else throw new Error(`${fieldText(frame, 0)}: ${fieldText(frame, 1)}`);
  }
  return { calls, json };
}

export async function open(): Promise<Subject> {
  const engine = await loadEngine();
  let instance = new Instance(engine);
  let resetting: NodeJS.Immediate | undefined;

  /** As a pool does: after a run, ahead of the next. */
  function makeReady(): void {
    if (resetting === undefined) return;
    clearImmediate(resetting);
    resetting = undefined;
    if (!instance.reset()) instance = new Instance(engine);
  }

  async function run(body: string, tool = noTool, bounds: Bounds = {}): Promise<unknown> {
    makeReady();
    instance.start({ fuel: 1e10, memoryBytes: bounds.memoryBytes ?? 2 ** 28 });
    try {
      let { calls, json } = read(instance.step(startMessage(body)));
      while (json === undefined) {
        const answers = await Promise.all(calls.map(({ params }) => tool(params)));
        const writer = new MessageWriter();
        calls.forEach(({ id }, index) => {
          writer.frame(inbound.answer, id, answers[index] as string);
        });
        ({ calls, json } = read(instance.step(writer.finish(Date.now()))));
      }
      return JSON.parse(json);
    } finally {
      resetting = setImmediate(makeReady);
    }
  }
  return { run, close: async () => {} };
}
