/** @org/wasm-runtime as it is used: runs in the worker pool of a sandbox. */
import type { Limits, ToolCaller } from '@org/core';
import { createSandbox, type Sandbox } from '@org/wasm-runtime';
import type { Bounds, Subject, Tool } from './subject.ts';

/** One sandbox for all runs; `callTool('bench', name)` finds the tool of its run. */
export class Ours implements Subject {
  readonly #sandbox: Sandbox;
  readonly #tools: Map<string, Tool>;
  readonly #limits: Partial<Limits>;
  #lastTool = 0;

  private constructor(sandbox: Sandbox, tools: Map<string, Tool>, limits: Partial<Limits>) {
    this.#sandbox = sandbox;
    this.#tools = tools;
    this.#limits = limits;
  }

  static async open(limits: Partial<Limits> = {}, workers?: number): Promise<Ours> {
    const tools = new Map<string, Tool>();
    const caller: ToolCaller = {
      callTool: async ({ tool, paramsJson }) => {
        const json = await (tools.get(tool) as Tool)(paramsJson);
        return { status: 'done', json, cached: false };
      },
    };
    const sandbox = await createSandbox({
      tools: caller,
      ...(workers === undefined ? {} : { workers }),
    });
    return new Ours(sandbox, tools, limits);
  }

  /** The source is compiled the first time; the same text is then found in the cache. */
  async run(body: string, tool?: Tool, bounds: Bounds = {}): Promise<unknown> {
    const name = tool === undefined ? '' : this.#nameOf(tool);
    const outcome = await this.#sandbox.run(programOf(body), {
      args: { tool: name },
      limits: { ...this.#limits, ...bounds },
    });
    if (outcome.status === 'returned') return outcome.value;
    if (outcome.status === 'limit') throw new Error(`limit: ${outcome.limit.kind}`);
    throw new Error('error' in outcome ? outcome.error.message : outcome.status);
  }

  async prepare(body: string): Promise<void> {
    await this.#sandbox.compile(programOf(body));
  }

  #nameOf(tool: Tool): string {
    for (const [name, known] of this.#tools) if (known === tool) return name;
    const name = `tool${++this.#lastTool}`;
    this.#tools.set(name, tool);
    return name;
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }
}

function programOf(body: string): string {
  return `
    const tool = (params: unknown) => callTool('bench', args.tool, params);
    export default (async () => { ${body} })();`;
}

export function open(): Promise<Ours> {
  return Ours.open();
}
