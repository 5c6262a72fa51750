import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Waits on a port of this machine for the browser that comes back from an authorisation
 * (RFC 8252, 7.3). Only a request with the right `state` counts.
 */
export class LoopbackReceiver implements AsyncDisposable {
  readonly #server: Server;
  readonly #answer = Promise.withResolvers<URLSearchParams>();
  readonly redirectUrl: string;
  readonly port: number;

  private constructor(server: Server, isExpected: (state: string | null) => boolean) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.redirectUrl = `http://127.0.0.1:${this.port}/callback`;
    this.#answer.promise.catch(() => {});
    server.on('request', (request, response) => {
      const url = URL.parse(request.url ?? '', this.redirectUrl);
      const isCallback = request.method === 'GET' && url?.pathname === '/callback';
      const isOurs = request.headers.host === `127.0.0.1:${this.port}`;
      response.setHeader('connection', 'close');
      if (!isCallback || !isOurs || !isExpected(url.searchParams.get('state'))) {
        response.writeHead(400).end('This is not the answer that is waited for.\n');
        return;
      }
      response.end('You can close this window and go back to the terminal.\n');
      this.#answer.resolve(url.searchParams);
    });
  }

  /** @param port where to listen if it is free; 0 for any */
  static async listen(
    port: number,
    isExpected: (state: string | null) => boolean,
  ): Promise<LoopbackReceiver> {
    const open = async (at: number): Promise<Server> => {
      const server = createServer({ maxHeaderSize: 16 * 1024, headersTimeout: 10_000 });
      server.listen(at, '127.0.0.1');
      await once(server, 'listening');
      return server;
    };
    const server = await open(port).catch(() => open(0));
    return new LoopbackReceiver(server, isExpected);
  }

  /** The parameters that the browser brought. Rejects when the signal aborts first. */
  async answer(signal: AbortSignal): Promise<URLSearchParams> {
    signal.addEventListener('abort', () => this.#answer.reject(signal.reason), { once: true });
    signal.throwIfAborted();
    return await this.#answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
