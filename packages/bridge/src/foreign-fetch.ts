import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';

/**
 * `fetch` that connects to the address which `lookup` gives and to no other one, and follows no
 * redirect: for addresses that a server names. Bodies come as they are, without decompression.
 * @throws Error: a redirect, no connection, or what `lookup` refuses with
 */
export async function foreignFetch(
  url: URL,
  init: RequestInit | undefined,
  lookup: LookupFunction,
): Promise<Response> {
  const asked = new Request(url, init);
  const body = Buffer.from(await asked.arrayBuffer());
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  // Here, and not imported: that would read all of `fetch` too, for 30 ms, whatever the transport.
  const { request: send } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  );
  const { method, signal } = asked;
  const headers = {
    ...Object.fromEntries(asked.headers),
    ...(body.length > 0 && { 'content-length': `${body.length}` }),
  };
  // A connection of its own: one that is kept was made with another lookup.
  const request = send(url, { method, headers, signal, lookup, agent: false }, (message) => {
    const { statusCode = 0, statusMessage = '', rawHeaders } = message;
    if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
      message.destroy();
      reject(new Error(`${url.origin} answers with a redirect, which is not followed`));
      return;
    }
    const pairs = rawHeaders.flatMap((name, index): [string, string][] =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] as string]] : [],
    );
    const isBodiless = [204, 205, 304].includes(statusCode);
    if (isBodiless) message.resume();
    const content = isBodiless ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
    try {
      resolve(
        new Response(content, { status: statusCode, statusText: statusMessage, headers: pairs }),
      );
    } catch (error) {
      message.destroy();
      reject(error);
    }
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}
