/** What `work` gives, unless `signal` aborts first. @throws the signal's reason */
export async function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  const cancelled = Promise.withResolvers<never>();
  const onAbort = () => cancelled.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([work, cancelled.promise]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
