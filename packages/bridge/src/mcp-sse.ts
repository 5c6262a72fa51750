import { AsyncLocalStorage } from 'node:async_hooks';
import { type JSONRPCMessage, SSEClientTransport } from '@modelcontextprotocol/client';
import { fetchFor, type HttpOptions } from './mcp-http.ts';
import { type MessageStatus, withStatus } from './mcp-status-error.ts';

interface SentMessage extends MessageStatus {
  readonly body: string;
}

/**
 * HTTP+SSE of the revision 2024-11-05: one event stream carries all replies. The SDK's transport
 * would open that stream anew when it ends, and so lose which calls were under way; here its end is
 * the end of the connection.
 */
export class SseTransport extends SSEClientTransport {
  readonly #hasAccess: boolean;
  readonly #message = new AsyncLocalStorage<SentMessage>();

  constructor(options: HttpOptions) {
    const { url, headers, maxFrameBytes, access } = options;
    const fetchWithin = fetchFor(options);
    super(new URL(url), {
      ...(access && { authProvider: access }),
      requestInit: { headers: { ...headers } },
      fetch: async (input, init) => {
        const response = await fetchWithin(input, init, { maxFrameBytes, onOversize() {} });
        const message = this.#message.getStore();
        if (message !== undefined && init?.body === message.body) {
          message.status = response.ok ? undefined : response.status;
        }
        if (init?.method === 'POST' || !response.ok || response.body === null) return response;
        return new Response(this.#untilEnd(response.body), response);
      },
    });
    this.#hasAccess = access !== undefined;
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    const own: SentMessage = { body: JSON.stringify(message) };
    try {
      await this.#message.run(own, () => super.send(message));
    } catch (error) {
      throw withStatus(error, own, this.#hasAccess && own.status === 401);
    }
  }

  #untilEnd(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const end = (): void => void this.close();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        end();
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }
}
