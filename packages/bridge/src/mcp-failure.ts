import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import type { JsonObject } from '@org/core';
import { OversizeReplyError } from './bounded-fetch.ts';
import { StatusError } from './mcp-status-error.ts';
import { garbled, replyLost, tooLarge } from './own-reply.ts';
import type { ConnectFailure } from './server-report.ts';

/** How one request to a server came out, in terms that know nothing of the SDK. */
export type Reply =
  | { readonly kind: 'result'; readonly result: JsonObject }
  /** The server answered with a failure; `rpcCode` is JSON-RPC's, where it sent one. */
  | { readonly kind: 'rejected'; readonly message: string; readonly rpcCode?: number }
  | { readonly kind: 'tooLarge' }
  /** Never reached the server, or was turned away at its door. */
  | { readonly kind: 'unsent'; readonly failure: ConnectFailure }
  /** Sent and not answered, or (`garbled`) answered with something that is no reply. */
  | { readonly kind: 'unanswered'; readonly why: 'timeout' | 'aborted' | 'lost' | 'garbled' };

interface Classified {
  readonly reply: Reply;
  /** The connection is not to be used again. */
  readonly spent: boolean;
}

/** What the failure of a request means, `signal` being the caller's. */
export function classify(error: unknown, signal: AbortSignal): Classified {
  const living = (reply: Reply): Classified => ({ reply, spent: false });
  if (error instanceof OversizeReplyError) return living({ kind: 'tooLarge' });
  if (error instanceof ProtocolError) return living(classifyAnswer(error));
  // The SDK reports a caller's abort as a timeout.
  if (signal.aborted) return living({ kind: 'unanswered', why: 'aborted' });
  if (error instanceof SdkHttpError || error instanceof StatusError) return classifyStatus(error);
  // The next connection asks for access anew.
  if (error instanceof UnauthorizedError) {
    return { reply: { kind: 'unsent', failure: failureOf(error) }, spent: true };
  }
  if (error instanceof SdkError) {
    const isLost = error.code === SdkErrorCode.ConnectionClosed;
    const isLate = error.code === SdkErrorCode.RequestTimeout;
    return living({ kind: 'unanswered', why: isLate ? 'timeout' : isLost ? 'lost' : 'garbled' });
  }
  return { reply: classifyTransport(failureOf(error)), spent: true };
}

function classifyAnswer({ data, message, code }: ProtocolError): Reply {
  if (data === tooLarge) return { kind: 'tooLarge' };
  if (data === replyLost) return { kind: 'unanswered', why: 'lost' };
  if (data === garbled) return { kind: 'unanswered', why: 'garbled' };
  return { kind: 'rejected', message, rpcCode: code };
}

/** Server errors that say that the request was not carried out. */
const turnedAway: ReadonlySet<number> = new Set([501, 503, 505, 511]);
/** See other: what was asked for is done, and its result is elsewhere. */
const seeOther = 303;

/**
 * What the status of an HTTP response means for the request (RFC 9110, section 15): one of 400 to 499
 * was not carried out, and neither was one that is redirected. A gateway that has no answer may have
 * passed the request on.
 */
function classifyStatus(error: SdkHttpError | StatusError): Classified {
  const { status } = error;
  if (status === 500) {
    const message = 'The server answered with HTTP status 500.';
    return { reply: { kind: 'rejected', message }, spent: false };
  }
  if (status === seeOther || (status > 500 && !turnedAway.has(status))) {
    return { reply: { kind: 'unanswered', why: 'lost' }, spent: false };
  }
  // The server forgot the session, for example because it was restarted: shake hands anew. Where access
  // was asked for in vain, the next connection asks anew.
  const spent = status === 404 || status === 400 || error instanceof StatusError;
  return { reply: { kind: 'unsent', failure: failureOf(error) }, spent };
}

function classifyTransport(failure: ConnectFailure): Reply {
  const { systemCode, message } = failure;
  if (message === 'Not connected') return { kind: 'unsent', failure };
  if (systemCode === undefined) return { kind: 'unanswered', why: 'garbled' };
  if (unsentCodes.has(systemCode)) return { kind: 'unsent', failure };
  return { kind: 'unanswered', why: 'lost' };
}

/** System errors after which a request cannot have reached the server, or not as a whole. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** What is known of why a request or a connection failed. */
export function failureOf(error: unknown): ConnectFailure {
  // `fetch` says why it failed only in the cause.
  let message = String(error);
  for (let at: unknown = error; at instanceof Error; at = at.cause) message = at.message || message;
  if (error instanceof SdkHttpError || error instanceof StatusError) {
    const { retryAfterMs, accessFailure } = error as {
      retryAfterMs?: number;
      accessFailure?: string;
    };
    return {
      httpStatus: error.status,
      message,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(accessFailure !== undefined && { accessFailure }),
    };
  }
  if (error instanceof SseError && error.code !== undefined) {
    return { httpStatus: error.code, message };
  }
  if (error instanceof UnauthorizedError) return { httpStatus: 401, message };
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    // The SDK's errors have codes too, of its own.
    if (typeof code === 'string' && !(at instanceof SdkError)) return { systemCode: code, message };
  }
  return { message };
}
