import { AsyncLocalStorage } from 'node:async_hooks';
import { type JSONRPCMessage, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { boundedFetch } from './bounded-fetch.ts';
import { foreignFetch } from './foreign-fetch.ts';
import type { OAuthAccess } from './mcp-oauth.ts';
import { type MessageStatus, withStatus } from './mcp-status-error.ts';
import { ownReply, type ReplyMark, replyLost, tooLarge } from './own-reply.ts';
import { reachable } from './reachable.ts';
import { retryAfterMs } from './retry-after.ts';

type HttpSendOptions = NonNullable<Parameters<StreamableHTTPClientTransport['send']>[1]>;

export interface HttpOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxFrameBytes: number;
  readonly access?: OAuthAccess | undefined;
}

/**
 * What the transports fetch: within bounds, and to other origins than the server's own, which its
 * OAuth metadata name, only where that is safe and without the headers that are for the server.
 */
export function fetchFor({ url, headers }: HttpOptions) {
  const own = new URL(url);
  return async (
    input: string | URL,
    init: RequestInit | undefined,
    bounds: Parameters<typeof boundedFetch>[2],
  ): Promise<Response> => {
    const target = new URL(input);
    if (target.origin === own.origin) return boundedFetch(input, init, bounds);
    const lookup = await reachable(target, own);
    const foreign = new Headers(init?.headers);
    for (const name of Object.keys(headers)) foreign.delete(name);
    return boundedFetch(input, { ...init, headers: foreign }, bounds, (_input, request) =>
      foreignFetch(target, request, lookup),
    );
  };
}

/** One HTTP exchange, for the `fetch` below it. */
interface Exchange extends MessageStatus {
  onOversize(): void;
  readonly signal?: AbortSignal;
  /** What the server said when it turned the request away. */
  retryAfterMs?: number;
}

/** A notification or an answer of ours that the server does not take in this time is given up. */
const noticeMs = 5_000;
/** Answers of ours to the server's requests that are under way at once; it gets no more. */
const maxAnswers = 32;
const shortestReconnectMs = 100;
const longestReconnectMs = 30_000;

/**
 * The SDK's transport with what it leaves open: bounded bodies; a request whose stream ends
 * without a reply is answered as lost instead of waiting for its deadline; a cancelled request's
 * own HTTP exchange is ended too; a server can make us reconnect or answer only so often.
 */
export class HttpTransport extends StreamableHTTPClientTransport {
  readonly #exchange = new AsyncLocalStorage<Exchange>();
  readonly #open = new Map<number | string, AbortController>();
  #answers = 0;
  /** Reconnections of streams since the server last sent a message. */
  #reconnections = 0;

  constructor(options: HttpOptions) {
    const { url, headers, maxFrameBytes, access } = options;
    const fetchWithin = fetchFor(options);
    super(new URL(url), {
      ...(access && { authProvider: access }),
      requestInit: { headers: { ...headers } },
      fetch: async (input, init) => {
        const exchange: Exchange = this.#exchange.getStore() ?? { onOversize() {} };
        const signals = [init?.signal, exchange.signal].filter((signal) => signal != null);
        const bounds = { maxFrameBytes, onOversize: () => exchange.onOversize() };
        const bounded = { ...init, signal: AbortSignal.any(signals) };
        const response = await fetchWithin(input, bounded, bounds);
        const waitMs = retryAfterMs(response.headers.get('retry-after'));
        if (!response.ok && waitMs !== undefined) exchange.retryAfterMs = waitMs;
        // Not of the requests that ask for access, which are made on behalf of this message.
        const isOwn = init?.method === 'POST' && new URL(input).href === new URL(url).href;
        if (isOwn) exchange.status = response.ok ? undefined : response.status;
        return response;
      },
      reconnectionScheduler: (reconnect, askedMs) => {
        const leastMs = shortestReconnectMs * 2 ** Math.min(this.#reconnections++, 20);
        const waitMs = Math.min(Math.max(askedMs, leastMs), longestReconnectMs);
        const timer = setTimeout(reconnect, waitMs).unref();
        return () => clearTimeout(timer);
      },
    });
    // The client puts its own handler behind this one.
    this.onmessage = (message: JSONRPCMessage) => {
      this.#reconnections = 0;
      if ('id' in message && message.id !== undefined) this.#open.delete(message.id);
    };
  }

  override async send(
    message: JSONRPCMessage | JSONRPCMessage[],
    options?: HttpSendOptions,
  ): Promise<void> {
    if (Array.isArray(message)) return super.send(message, options);
    if (!('method' in message)) return this.#answer(message, options);
    if (!('id' in message)) {
      this.#endCancelled(message);
      return this.#sendBriefly(message, options);
    }
    return this.#request(message, message.id, options);
  }

  async #request(
    message: JSONRPCMessage,
    id: number | string,
    options: HttpSendOptions | undefined,
  ): Promise<void> {
    const abort = new AbortController();
    this.#open.set(id, abort);
    const settle = (mark: ReplyMark): void => {
      this.#open.delete(id);
      this.onmessage?.(ownReply(id, mark));
    };
    // Where the SDK ends the exchange itself (since 2026-07-28), this is how.
    options?.requestSignal?.addEventListener('abort', () => this.#end(id), {
      signal: abort.signal,
      once: true,
    });
    const bounded: HttpSendOptions = {
      ...options,
      requestSignal: abort.signal,
      onRequestStreamEnd: () => {
        if (this.#open.has(id)) settle(replyLost);
      },
    };
    const exchange: Exchange = { onOversize: () => settle(tooLarge) };
    try {
      await this.#exchange.run(exchange, () => super.send(message, bounded));
    } catch (failure) {
      this.#open.delete(id);
      const error = withStatus(failure, exchange, true);
      const waitMs = exchange.retryAfterMs;
      if (waitMs !== undefined) Object.assign(error as object, { retryAfterMs: waitMs });
      throw error;
    }
  }

  async #answer(message: JSONRPCMessage, options: HttpSendOptions | undefined): Promise<void> {
    if (this.#answers >= maxAnswers) return;
    this.#answers++;
    try {
      await this.#sendBriefly(message, options);
    } finally {
      this.#answers--;
    }
  }

  #sendBriefly(message: JSONRPCMessage, options: HttpSendOptions | undefined): Promise<void> {
    const exchange = { onOversize() {}, signal: AbortSignal.timeout(noticeMs) };
    return this.#exchange.run(exchange, () => super.send(message, options));
  }

  #endCancelled(message: JSONRPCMessage): void {
    if (!('method' in message) || message.method !== 'notifications/cancelled') return;
    const id = message.params?.requestId;
    if (typeof id === 'number' || typeof id === 'string') this.#end(id);
  }

  #end(id: number | string): void {
    const abort = this.#open.get(id);
    this.#open.delete(id);
    abort?.abort();
  }
}
