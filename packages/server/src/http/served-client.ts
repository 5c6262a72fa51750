import { randomBytes } from 'node:crypto';
import {
  createMcpHandler,
  isInitializeRequest,
  isJSONRPCRequest,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { type Refusal, refusalResponse, retrySoon } from './answer.ts';
import type { HttpCaps } from './caps.ts';
import type { HttpClient } from './client.ts';
import { ClientSession } from './client-session.ts';
import type { HttpOptions } from './http-options.ts';
import { SessionTransport } from './session-transport.ts';

export interface ServedClientOptions {
  readonly agentServerFor: HttpOptions['agentServerFor'];
  readonly caps: HttpCaps;
  readonly log: Logger;
  /** Whether the server can have a further session of whatever client. */
  readonly hasRoom: () => boolean;
  readonly now: () => number;
}

export interface Served {
  readonly response: Response;
  /** Settles when the request needs nothing any more, if that is not when its answer has ended. */
  readonly answered?: Promise<void> | undefined;
  /** Whether the answer is a stream of changes, which only its client ends (2026-07-28). */
  readonly isSubscription?: boolean;
}

/** Header of requests of a session (2025-11-25, Transports, Session Management). */
const sessionHeader = 'mcp-session-id';
const sessionIdBytes = 16;

/** All that the server holds for one client. Nothing in it can be reached by another one. */
export class ServedClient {
  readonly client: HttpClient;
  readonly #options: ServedClientOptions;
  readonly #sessions = new Map<string, ClientSession>();
  readonly #modern: McpHttpHandler;
  /** Sessions that are being made: they have a place already. */
  #opening = 0;

  constructor(client: HttpClient, options: ServedClientOptions) {
    this.client = client;
    this.#options = options;
    this.#modern = createMcpHandler(() => this.#newServer('modern'), {
      legacy: 'reject',
      maxSubscriptions: options.caps.subscriptionsPerClient,
      onerror: (err) => options.log.debug({ err, client: client.principal }, 'request refused'),
    });
  }

  get sessions(): number {
    return this.#sessions.size + this.#opening;
  }

  /** @param body of a POST, parsed */
  async serve(request: Request, body: unknown): Promise<Served> {
    if (!(await isLegacyRequest(request, body))) {
      const response = await this.#modern.fetch(request, { parsedBody: body });
      const isSubscription = isJSONRPCRequest(body) && body.method === 'subscriptions/listen';
      return { response, isSubscription };
    }
    const id = request.headers.get(sessionHeader);
    if (id !== null) {
      const session = this.#sessions.get(id);
      return session === undefined
        ? { response: sessionNotFound() }
        : session.handle(request, body);
    }
    if (!isInitializeRequest(body)) return { response: refusalResponse(noSession) };
    const refusal = this.#makeRoom();
    if (refusal !== undefined) return { response: refusalResponse(refusal) };
    const session = await this.#openSession().catch(() => undefined);
    if (session === undefined) return { response: refusalResponse(notServed) };
    const served = await session.handle(request, body);
    if (!served.response.ok) await session.close();
    return served;
  }

  /** Ends sessions that nobody has used for long. */
  expire(): void {
    const since = this.#options.now() - this.#options.caps.idleSessionMs;
    for (const session of this.#sessions.values()) {
      if (session.lastUsed <= since) this.#close(session);
    }
  }

  /** Ends all sessions, streams and requests. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()].map((session) => session.close());
    await Promise.all([...sessions, this.#modern.close()]);
  }

  #makeRoom(): Refusal | undefined {
    if (this.sessions < this.#options.caps.sessionsPerClient) {
      return this.#options.hasRoom() ? undefined : noRoom;
    }
    const [idlest] = [...this.#sessions.values()]
      .filter(({ busy }) => !busy)
      .sort((one, other) => one.lastUsed - other.lastUsed);
    if (idlest === undefined) return tooManySessions;
    this.#close(idlest);
    return undefined;
  }

  async #openSession(): Promise<ClientSession> {
    const id = randomBytes(sessionIdBytes).toString('hex');
    const transport = new SessionTransport({
      sessionIdGenerator: () => id,
      maxRequestBodySize: this.#options.caps.bodyBytes,
    });
    transport.onclose = () => this.#sessions.delete(id);
    this.#opening++;
    try {
      const server = await this.#newServer('legacy');
      await server.connect(transport);
      const session = new ClientSession(id, transport, server, this.#options.now);
      this.#sessions.set(id, session);
      return session;
    } finally {
      this.#opening--;
    }
  }

  async #newServer(era: 'legacy' | 'modern'): Promise<McpServer> {
    const { client } = this;
    try {
      return await this.#options.agentServerFor(client, { era });
    } catch (err) {
      this.#options.log.error({ err, client: client.principal }, 'no server for this client');
      throw err;
    }
  }

  #close(session: ClientSession): void {
    this.#sessions.delete(session.id);
    session
      .close()
      .catch((err) => this.#options.log.warn({ err }, 'a session did not end cleanly'));
  }
}

function sessionNotFound(): Response {
  const error = { code: -32_001, message: 'Session not found' };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
}

const noSession: Refusal = {
  status: 400,
  reason: 'no-session',
  message: 'Send initialize first, then its Mcp-Session-Id with each request.',
};

const notServed: Refusal = {
  status: 500,
  reason: 'client',
  message: 'This client cannot be served. The log of the server says why.',
  code: -32_603,
};

const tooManySessions: Refusal = {
  status: 429,
  reason: 'client-sessions',
  message: 'All sessions of this client are in use. End one with DELETE.',
  headers: retrySoon,
};

const noRoom: Refusal = {
  status: 503,
  reason: 'sessions',
  message: 'The server has no room for a further session. Try again later.',
  headers: retrySoon,
};
