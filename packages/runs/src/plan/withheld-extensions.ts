import { SandboxError } from '@org/core';
import type { ExtensionGate } from '@org/wasm-runtime';
import type { Effects } from './effects.ts';

/** What may write is listed; nothing says what it would answer, so the program stops there. */
export function withheldExtensions(effects: Effects): ExtensionGate {
  return async ({ name, args, readOnly, signal }, carryOut) => {
    if (readOnly && !effects.dependsOnMadeUp([...args])) return carryOut();
    const params = { args: [...args] };
    const because = 'Nothing says what this host function would answer.';
    if (!readOnly) effects.add(effects.take(), { kind: 'extension', tool: name, params });
    effects.end({ call: { tool: name, params }, because });
    const { promise, reject } = Promise.withResolvers<never>();
    const end = () => reject(new SandboxError('ABORTED', 'The plan ends before this call.'));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    return promise;
  };
}
