import type { IncomingMessage, ServerResponse } from 'node:http';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import { isJSONRPCRequest, isJsonContentType } from '@modelcontextprotocol/server';
import { exceededBound, valueBounds } from '@org/core';
import { Admission } from './admission.ts';
import { type Refusal, refusalResponse, refuse, retrySoon } from './answer.ts';
import type { HttpClient } from './client.ts';
import { endingWith } from './ending-stream.ts';
import { type Served, ServedClient, type ServedClientOptions } from './served-client.ts';
import { inRequestSpan } from './telemetry.ts';

export type McpEndpointOptions = Omit<ServedClientOptions, 'hasRoom'> & {
  /** Whether a client may still be served, and do the same: its token may have been revoked. */
  readonly isValid: (client: HttpClient) => boolean;
  readonly onRefusal: (refusal: Refusal) => void;
};

const methods = ['GET', 'POST', 'DELETE'];
const bodyBounds = { ...valueBounds, containers: 100_000 };

interface Held {
  readonly served: ServedClient;
  readonly responses: Set<ServerResponse>;
}

/** The requests of all clients for `/mcp`, each client apart from the others. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions;
  readonly #admission: Admission;
  readonly #clients = new Map<string, Held>();
  #draining = false;

  constructor(options: McpEndpointOptions) {
    this.#options = options;
    this.#admission = new Admission(options.caps);
  }

  get sessions(): number {
    let count = 0;
    for (const { served } of this.#clients.values()) count += served.sessions;
    return count;
  }

  get inFlight(): number {
    return this.#admission.inFlight;
  }

  /** @param proceed called once the body is wanted */
  async handle(
    client: HttpClient,
    req: IncomingMessage,
    res: ServerResponse,
    proceed: () => void,
  ): Promise<void> {
    const refusal = this.#notWanted(req);
    if (refusal !== undefined) return this.#refuse(req, res, refusal);
    const { caps, log } = this.#options;
    const isStream = req.method === 'GET';
    const declared = Number(req.headers['content-length'] ?? caps.bodyBytes);
    const ticket = isStream
      ? undefined
      : this.#admission.enter(client.principal, Math.min(declared, caps.bodyBytes));
    if (ticket !== undefined && 'status' in ticket) return this.#refuse(req, res, ticket);
    const held = this.#hold(client);
    held.responses.add(res);
    res.once('close', () => held.responses.delete(res));
    let answered: Promise<void> | undefined;
    const adapted = toNodeHandler(
      {
        fetch: async (request) => {
          const text = request.method === 'POST' ? await request.text() : '';
          ticket?.bodyIs(Buffer.byteLength(text));
          const body = request.method === 'POST' ? parseBody(text) : { value: undefined };
          const meta = 'value' in body ? metaOf(body.value) : undefined;
          const served = await inRequestSpan(req, meta, () =>
            this.#serve(held.served, request, body),
          );
          answered = served.answered;
          // It stays open for as long as its client likes, and is bounded elsewhere.
          if (served.isSubscription) ticket?.leave();
          if (!isStreamed(served.response)) return served.response;
          setImmediate(() => flushHead(res));
          return endingWith(request, served.response);
        },
      },
      {
        maxRequestBodySize: caps.bodyBytes,
        onerror: (err) => log.error({ err, client: client.principal }, 'a request failed'),
      },
    );
    try {
      proceed();
      // Its types differ in what may be left out, not in what is there.
      await adapted(req as NodeIncomingMessageLike, res);
      await answered;
    } finally {
      ticket?.leave();
    }
  }

  /** Ends what is over: sessions idle for long, and clients whose token was revoked. */
  tend(): void {
    for (const [principal, held] of this.#clients) {
      const { served, responses } = held;
      served.expire();
      const isUnused = served.sessions === 0 && responses.size === 0;
      if (isUnused || !this.#options.isValid(served.client)) void this.#end(principal, held);
    }
  }

  /** Takes no more work. Settles when the requests under way are answered. */
  async drain(): Promise<void> {
    this.#draining = true;
    await this.#admission.whenIdle();
  }

  /** Ends all sessions and streams. */
  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map(({ served }) => served.close()));
  }

  async #serve(served: ServedClient, request: Request, body: Body): Promise<Served> {
    if ('refusal' in body) return this.#refused(body.refusal);
    if (this.#draining && isJSONRPCRequest(body.value)) return this.#refused(draining);
    return served.serve(request, body.value);
  }

  #refused(refusal: Refusal): Served {
    this.#options.onRefusal(refusal);
    return { response: refusalResponse(refusal) };
  }

  #refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
    this.#options.onRefusal(refusal);
    refuse(req, res, refusal);
  }

  #notWanted(req: IncomingMessage): Refusal | undefined {
    if (!methods.includes(req.method ?? '')) return noMethod;
    if (this.#draining && req.method === 'GET') return draining;
    if (req.method !== 'POST') return undefined;
    if (!isJsonContentType(req.headers['content-type'] ?? null)) return noJson;
    const encoding = req.headers['content-encoding'];
    return encoding === undefined || encoding === 'identity' ? undefined : encoded;
  }

  #hold(client: HttpClient): Held {
    const { principal, grant } = client;
    let held = this.#clients.get(principal);
    // What its sessions were made for is no longer so.
    if (held !== undefined && held.served.client.grant !== grant) {
      void this.#end(principal, held);
      held = undefined;
    }
    if (held === undefined) {
      const hasRoom = () => this.sessions < this.#options.caps.sessions;
      const served = new ServedClient(client, { ...this.#options, hasRoom });
      held = { served, responses: new Set() };
      this.#clients.set(principal, held);
    }
    return held;
  }

  async #end(principal: string, { served, responses }: Held): Promise<void> {
    this.#clients.delete(principal);
    await served.close().catch((err) => {
      this.#options.log.warn({ err, client: principal }, 'a client did not end cleanly');
    });
    for (const res of responses) res.destroy();
  }
}

function isStreamed({ headers }: Response): boolean {
  return headers.get('content-type') === 'text/event-stream';
}

/** Node keeps the headers until the first byte, which a quiet stream only has after 15 s. */
function flushHead(res: ServerResponse): void {
  if (res.headersSent && !res.writableEnded) res.flushHeaders();
}

type Body = { readonly value: unknown } | { readonly refusal: Refusal };

function metaOf(message: unknown): unknown {
  return isJSONRPCRequest(message) ? message.params?._meta : undefined;
}

function parseBody(text: string): Body {
  if (exceededBound(text, bodyBounds) !== undefined) return { refusal: tooNested };
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { refusal: batch } : { value };
  } catch {
    return { refusal: malformed };
  }
}

const noMethod: Refusal = {
  status: 405,
  reason: 'method',
  message: 'Use POST, GET or DELETE.',
  headers: { allow: methods.join(', ') },
};

const noJson: Refusal = {
  status: 415,
  reason: 'content-type',
  message: 'Content-Type must be application/json.',
};

const encoded: Refusal = {
  status: 415,
  reason: 'content-encoding',
  message: 'Send the body without Content-Encoding.',
};

const malformed: Refusal = {
  status: 400,
  reason: 'json',
  message: 'The body is not JSON.',
  code: -32_700,
};

const tooNested: Refusal = {
  status: 400,
  reason: 'json',
  message: 'The body is nested too deep, or has too many objects and lists.',
};

const batch: Refusal = {
  status: 400,
  reason: 'batch',
  message: 'Send one message in a request (2025-06-18 and later have no batches).',
  code: -32_600,
};

const draining: Refusal = {
  status: 503,
  reason: 'draining',
  message: 'The server is about to end and takes no more work. Try again later.',
  headers: { ...retrySoon, connection: 'close' },
};
