import type { LimitFunction } from 'p-limit';
import { notSent } from './abort.ts';

/**
 * Runs `send` when a slot is free. An abort settles at once while the call waits; once it is
 * under way, `send` itself has to settle at an abort.
 */
export function inSlot<T>(
  slot: LimitFunction,
  signal: AbortSignal,
  send: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(notSent());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const job = slot(async () => {
      signal.removeEventListener('abort', onAbort);
      if (!signal.aborted) resolve(await send());
    });
    job.catch(reject);
  });
}
