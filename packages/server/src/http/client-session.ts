import type { McpServer } from '@modelcontextprotocol/server';
import type { SessionTransport } from './session-transport.ts';

/** A session of the handshake of 2025-11-25. It belongs to one client, and to no other. */
export class ClientSession {
  readonly id: string;
  readonly #transport: SessionTransport;
  readonly #server: McpServer;
  readonly #now: () => number;
  #lastUsed: number;
  /**
   * Requests whose streams are open. They are held here because what follows the signal of a request
   * that nobody holds is collected with it: its client's going would never be told.
   */
  readonly #streams = new Set<Request>();

  constructor(id: string, transport: SessionTransport, server: McpServer, now: () => number) {
    this.id = id;
    this.#transport = transport;
    this.#server = server;
    this.#now = now;
    this.#lastUsed = now();
  }

  /** Whether a request is under way, or a stream is open. */
  get busy(): boolean {
    return this.#streams.size > 0 || this.#transport.pending > 0;
  }

  /** When it was busy last, in milliseconds since 1970. */
  get lastUsed(): number {
    return this.busy ? this.#now() : this.#lastUsed;
  }

  /** @param message the parsed body of a POST */
  async handle(request: Request, message: unknown) {
    this.#lastUsed = this.#now();
    const handled = await this.#transport.handle(request, message);
    if (request.method === 'GET' && handled.response.ok) this.#follow(request);
    void handled.answered?.then(() => {
      this.#lastUsed = this.#now();
    });
    return handled;
  }

  /** Ends its streams and aborts what is under way. */
  close(): Promise<void> {
    return this.#server.close();
  }

  /** A stream that the server opened, until its client is gone. */
  #follow(request: Request): void {
    if (request.signal.aborted) return;
    this.#streams.add(request);
    request.signal.addEventListener(
      'abort',
      () => {
        this.#streams.delete(request);
        this.#lastUsed = this.#now();
      },
      { once: true },
    );
  }
}
