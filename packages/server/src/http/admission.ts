import { type Refusal, retrySoon } from './answer.ts';
import type { HttpCaps } from './caps.ts';

/** A request that was let in. */
export interface Ticket {
  /** Called when the body was read: how long it really is. */
  bodyIs(bytes: number): void;
  /** Called when the request needs nothing any more; a second call does nothing. */
  leave(): void;
}

/** Counts requests under way. */
export class Admission {
  readonly #caps: HttpCaps;
  readonly #ofClients = new Map<string, number>();
  readonly #idle = new Set<() => void>();
  #all = 0;
  #bodyBytes = 0;

  constructor(caps: HttpCaps) {
    this.#caps = caps;
  }

  get inFlight(): number {
    return this.#all;
  }

  /**
   * Lets a request in, or says why not.
   * @param mostBytes what its body can have
   */
  enter(principal: string, mostBytes: number): Ticket | Refusal {
    const { requests, requestsPerClient, allBodiesBytes } = this.#caps;
    const ofClient = this.#ofClients.get(principal) ?? 0;
    if (ofClient >= requestsPerClient) return tooManyOfClient;
    if (this.#all >= requests || this.#bodyBytes + mostBytes > allBodiesBytes) return tooMany;
    this.#all++;
    this.#bodyBytes += mostBytes;
    this.#ofClients.set(principal, ofClient + 1);
    let held = mostBytes;
    let isIn = true;
    return {
      bodyIs: (bytes) => {
        this.#bodyBytes += bytes - held;
        held = bytes;
      },
      leave: () => {
        if (isIn) this.#leave(principal, held);
        isIn = false;
      },
    };
  }

  /** Settles when no request is under way. */
  async whenIdle(): Promise<void> {
    if (this.#all > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  #leave(principal: string, bodyBytes: number): void {
    this.#all--;
    this.#bodyBytes -= bodyBytes;
    const left = (this.#ofClients.get(principal) ?? 1) - 1;
    if (left === 0) this.#ofClients.delete(principal);
    else this.#ofClients.set(principal, left);
    if (this.#all > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}

const tooManyOfClient: Refusal = {
  status: 429,
  reason: 'client-requests',
  message: 'Too many requests of this client are under way. Wait for one to be answered.',
  headers: retrySoon,
};

const tooMany: Refusal = {
  status: 503,
  reason: 'requests',
  message: 'The server is busy. Try again later.',
  headers: retrySoon,
};
