import { isJSONRPCErrorResponse, isJSONRPCResultResponse } from '@modelcontextprotocol/client';
import { isJsonObject } from '@org/core';

// Marks of replies that we make ourselves where the server's own can't be used. They are symbols,
// so no server can forge one in JSON.

/** The reply passed the bounds and was not read. */
export const tooLarge: unique symbol = Symbol('reply too large');
/** The reply can no longer come, although the connection lives. */
export const replyLost: unique symbol = Symbol('reply lost');
/** The reply names the request and is no JSON-RPC reply otherwise. */
export const garbled: unique symbol = Symbol('reply garbled');

export type ReplyMark = typeof tooLarge | typeof replyLost | typeof garbled;

/** The JSON-RPC error with which we answer request `id` in the server's place. */
export function ownReply(id: number | string, mark: ReplyMark) {
  const error = { code: -32_000, message: mark.description ?? '', data: mark };
  return { jsonrpc: '2.0' as const, id, error };
}

/** The id in a reply that the SDK would pass over as no message, leaving its caller to wait. */
export function malformedReplyId(message: unknown): number | undefined {
  if (!isJsonObject(message) || Object.hasOwn(message, 'method')) return undefined;
  if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) return undefined;
  // The SDK takes a text for the number that it is.
  const id = typeof message.id === 'string' ? Number(message.id) : message.id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}
