/**
 * `response`, whose body ends when its client goes away. Left to the SDK's adapter it ends with the next
 * event, which on a quiet stream is seconds away: until then a client that comes again is told that
 * its stream is open.
 */
export function endingWith(signal: AbortSignal, response: Response): Response {
  const { body, status, headers } = response;
  if (body === null) return response;
  const reader = body.getReader();
  const cancel = (reason?: unknown) => reader.cancel(reason);
  const passed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
  if (signal.aborted) void cancel();
  signal.addEventListener('abort', () => void cancel(), { once: true });
  return new Response(passed, { status, headers });
}
