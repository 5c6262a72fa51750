import type { LimitFunction } from 'p-limit';
import { notSent, onAbort } from './abort.ts';

/**
 * Runs `send` when a slot is free. An abort settles at once while the call waits; once it is
 * under way, `send` itself has to settle at an abort.
 * @param wait begins where no slot is free; what it returns is called when the waiting is over
 */
export function inSlot<T>(
  slot: LimitFunction,
  signal: AbortSignal,
  wait: () => () => void,
  send: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) return Promise.reject(notSent());
  if (slot.activeCount < slot.concurrency && slot.pendingCount === 0) return slot(send);
  return new Promise((resolve, reject) => {
    const waited = wait();
    const stop = onAbort(signal, () => {
      waited();
      reject(notSent());
    });
    const job = slot(async () => {
      stop();
      waited();
      if (!signal.aborted) resolve(await send());
    });
    job.catch(reject);
  });
}
