import { SandboxError } from '@org/core';
import type { RunPorts } from '@org/wasm-runtime';

/**
 * Ports for a run that has all its answers: they reach nothing. What is asked of them is asked by a
 * call without a recorded answer, which was under way when the run was suspended or lost, and stays
 * so.
 * @param signal aborts when the run is over
 */
export function offlinePorts(signal: AbortSignal): RunPorts {
  const never = () =>
    new Promise<never>((_, reject) => {
      const stop = () => reject(new SandboxError('ABORTED', 'A replay reaches nothing.'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  return {
    tools: {
      tellsSent: true,
      callTool: (_, { signal: taken }) =>
        new Promise((resolve) => {
          const error = { code: 'ABORTED', message: 'A replay reaches nothing.' } as const;
          const stop = () => resolve({ status: 'failed', error: { ...error, retryable: false } });
          if (taken.aborted) stop();
          else taken.addEventListener('abort', stop, { once: true });
        }),
    },
    files: { readFile: never, writeFile: never, listFiles: never },
    state: { get: never, set: never },
    search: never,
  };
}
