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
  const { jsonrpc, id, result, error } = message;
  if (typeof id !== 'number') return undefined;
  const isError =
    isJsonObject(error) && Number.isInteger(error.code) && typeof error.message === 'string';
  return jsonrpc === '2.0' && (isJsonObject(result) || isError) ? undefined : id;
}
