import { exceededBound, frameBounds } from '@org/core';

/** A reply over HTTP passed the cap and was not read to its end. */
export class OversizeReplyError extends Error {
  override readonly name = 'OversizeReplyError';
}

const errorBodyBytes = 64 * 1024;

interface Bounds {
  /** Of one JSON body, or of one event of an event stream. */
  readonly maxFrameBytes: number;
  /** An event passed the cap; its stream ends with an `OversizeReplyError`. */
  onOversize(): void;
}

/**
 * `fetch` whose bodies are bounded before the SDK reads and parses them.
 * A JSON body over the cap rejects with `OversizeReplyError`; the text of a failure is cut.
 */
export async function boundedFetch(
  input: string | URL,
  init: RequestInit | undefined,
  bounds: Bounds,
  get: typeof fetch = fetch,
): Promise<Response> {
  const response = await get(input, init);
  if (response.body === null) return response;
  if (!response.ok) return withBody(response, await readStart(response.body, errorBodyBytes));
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'text/event-stream') {
    return withBody(response, response.body.pipeThrough(eventBounds(bounds)));
  }
  const text = new TextDecoder().decode(await readAll(response.body, bounds.maxFrameBytes));
  if (type === 'application/json' && exceededBound(text, frameBounds) !== undefined) {
    throw new OversizeReplyError('The reply is nested too deeply or has too many parts.');
  }
  return withBody(response, text);
}

function withBody(response: Response, body: string | ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers } = response;
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : body, { status, statusText, headers });
}

async function readStart(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}

async function readAll(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) throw new OversizeReplyError(`The reply has over ${maxBytes} bytes.`);
  }
  return Buffer.concat(chunks);
}

/** Passes an event stream on event by event, and ends it at the first one over the bounds. */
function eventBounds(bounds: Bounds): TransformStream<Uint8Array, Uint8Array> {
  let pending: Uint8Array[] = [];
  let bytes = 0;
  /** Whether the last byte ended a line: one more line end is the end of the event. */
  let lineEnded = true;
  return new TransformStream({
    transform(chunk, controller) {
      let start = 0;
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index];
        if (byte === 0x0d) continue;
        if (byte !== 0x0a) {
          lineEnded = false;
          continue;
        }
        if (lineEnded) {
          pending.push(chunk.subarray(start, index + 1));
          flush(controller);
          start = index + 1;
        }
        lineEnded = true;
      }
      pending.push(chunk.slice(start));
      bytes += chunk.length - start;
      if (bytes > bounds.maxFrameBytes) refuse(controller);
    },
    flush(controller) {
      flush(controller);
    },
  });

  function flush(controller: TransformStreamDefaultController<Uint8Array>): void {
    const event = Buffer.concat(pending);
    pending = [];
    bytes = 0;
    if (exceededBound(event.toString('utf8'), frameBounds) !== undefined) refuse(controller);
    else if (event.length > 0) controller.enqueue(event);
  }

  function refuse(controller: TransformStreamDefaultController<Uint8Array>): void {
    pending = [];
    bounds.onOversize();
    controller.error(new OversizeReplyError('The reply passes the bounds.'));
  }
}
