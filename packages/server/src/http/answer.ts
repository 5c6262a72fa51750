import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that is answered before MCP sees it. */
export interface Refusal {
  readonly status: number;
  /** Says what to do next. Nothing of the request is in it. */
  readonly message: string;
  /** One of a fixed set, for metrics and log. */
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of JSON-RPC. Default: -32000. */
  readonly code?: number;
}

/** One second: whoever comes too often is told when to come again. */
export const retrySoon = { 'retry-after': '1' } as const;

export function refusalResponse(refusal: Refusal): Response {
  const { status, headers } = refusal;
  return Response.json(refusalBody(refusal), { status, headers: { ...headers } });
}

/** Answers without reading the rest of the request; such a connection is of no further use. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  const { status, headers } = refusal;
  const hasBody = req.headers['content-length'] !== undefined || 'transfer-encoding' in req.headers;
  answer(res, status, JSON.stringify(refusalBody(refusal)), {
    'content-type': 'application/json',
    ...(hasBody && { connection: 'close' }),
    ...headers,
  });
}

export function answer(
  res: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  res.writeHead(status, {
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  res.end(text);
}

function refusalBody({ code = -32_000, message }: Refusal) {
  return { jsonrpc: '2.0', error: { code, message }, id: null };
}
