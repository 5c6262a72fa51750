/**
 * Requests whose answers are being streamed. What follows the signal of a request that nobody holds is
 * collected with it, and then its client's going is never told.
 */
const streamed = new Set<Request>();

/**
 * `response`, whose body ends when its client goes away. Left to the SDK's adapter it ends with the next
 * event, which on a quiet stream is seconds away: until then a client that comes again is told that
 * its stream is open.
 * @param request that it answers
 */
export function endingWith(request: Request, response: Response): Response {
  const { body, status, headers } = response;
  if (body === null) return response;
  const { signal } = request;
  const reader = body.getReader();
  const cancel = (reason?: unknown) => {
    streamed.delete(request);
    return reader.cancel(reason);
  };
  const passed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        streamed.delete(request);
        controller.close();
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
  streamed.add(request);
  if (signal.aborted) void cancel();
  signal.addEventListener('abort', () => void cancel(), { once: true });
  return new Response(passed, { status, headers });
}
