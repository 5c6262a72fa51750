import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpCaps } from './caps.ts';

interface Connection {
  /** Answers that are due. */
  requests: number;
  /** Bytes that were counted. */
  readonly counted: { in: number; out: number };
}

/** The open connections: not too many, none that stands still, and their bytes counted. */
export class Connections {
  readonly #caps: HttpCaps;
  readonly #onBytes: (direction: 'in' | 'out', count: number) => void;
  readonly #open = new Map<Socket, Connection>();
  #ending = false;

  constructor(caps: HttpCaps, onBytes: (direction: 'in' | 'out', count: number) => void) {
    this.#caps = caps;
    this.#onBytes = onBytes;
  }

  get count(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    if (this.#open.size >= this.#caps.connections) {
      socket.destroy();
      return;
    }
    this.#open.set(socket, { requests: 0, counted: { in: 0, out: 0 } });
    socket.once('close', () => {
      this.#countBytes(socket);
      this.#open.delete(socket);
    });
  }

  onRequest(socket: Socket, res: ServerResponse): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.requests++;
    // The SDK's answers say that the connection stays, whatever the client wants.
    const isLast = !res.shouldKeepAlive;
    res.once('close', () => {
      connection.requests--;
      this.#countBytes(socket);
      if (isLast || (this.#ending && connection.requests === 0)) socket.destroySoon();
    });
  }

  /** Closes each connection on which no answer is due, also later. */
  endIdle(): void {
    this.#ending = true;
    for (const [socket, { requests }] of this.#open) if (requests === 0) socket.destroySoon();
  }

  /** A connection on which nothing has moved. It stays if that is our doing: an answer is not ready. */
  onStill(socket: Socket): void {
    const isOurs = (this.#open.get(socket)?.requests ?? 0) > 0 && socket.writableLength === 0;
    if (isOurs) socket.setTimeout(this.#caps.idleConnectionMs);
    else socket.destroy();
  }

  #countBytes(socket: Socket): void {
    const { counted } = this.#open.get(socket) ?? {};
    if (counted === undefined) return;
    const { bytesRead, bytesWritten } = socket;
    this.#onBytes('in', bytesRead - counted.in);
    this.#onBytes('out', bytesWritten - counted.out);
    Object.assign(counted, { in: bytesRead, out: bytesWritten });
  }
}
