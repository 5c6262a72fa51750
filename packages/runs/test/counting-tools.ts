import type { ToolCall, ToolCaller } from '@org/core';

/**
 * Counts calls and answers with their parameters. Calls of the tool `hold` wait until `release()`;
 * those of `wait` have not left until then.
 */
export class CountingTools implements ToolCaller {
  readonly tellsSent = true;
  readonly calls: string[] = [];
  readonly #gate = Promise.withResolvers<void>();

  release(): void {
    this.#gate.resolve();
  }

  async callTool(
    { tool, paramsJson }: ToolCall,
    { signal, onSent }: Parameters<ToolCaller['callTool']>[1],
  ): ReturnType<ToolCaller['callTool']> {
    const gone = new Promise<'gone'>((resolve) =>
      signal.addEventListener('abort', () => resolve('gone'), { once: true }),
    );
    const error = { code: 'ABORTED', message: 'gone', retryable: false } as const;
    if (tool === 'wait' && (await Promise.race([this.#gate.promise, gone])) === 'gone') {
      return { status: 'failed', error };
    }
    onSent?.();
    this.calls.push(`${tool} ${paramsJson}`);
    if (tool === 'hold' && (await Promise.race([this.#gate.promise, gone])) === 'gone') {
      return { status: 'unknown', error };
    }
    return { status: 'done', json: paramsJson, cached: false };
  }
}
