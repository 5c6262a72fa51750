import { SandboxError } from '@org/core';

export function notSent(): SandboxError {
  return new SandboxError('ABORTED', 'The call was cancelled before it was sent.');
}

/** `promise`, given up as not sent when the signal aborts first. */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(notSent());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
