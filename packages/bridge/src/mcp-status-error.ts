import { SdkHttpError, UnauthorizedError } from '@modelcontextprotocol/client';

/** What the HTTP request of one message came to so far; it can be made again with other credentials. */
export interface MessageStatus {
  /** Of the last response, where that was no success. */
  status?: number | undefined;
}

/** A message was answered with an HTTP status that is no success. */
export class StatusError extends Error {
  readonly status: number;
  /** What became of asking for access after that, where it failed. */
  readonly accessFailure: string | undefined;

  constructor(status: number, cause: unknown, asked: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.status = status;
    this.accessFailure = asked ? this.message : undefined;
  }
}

/**
 * The error of a message that could not be sent: with the HTTP status, where the server gave one.
 * @param asked whether the error comes of asking for access after that status
 */
export function withStatus(error: unknown, { status }: MessageStatus, asked: boolean): unknown {
  const isTold = error instanceof SdkHttpError || error instanceof UnauthorizedError;
  return status === undefined || isTold ? error : new StatusError(status, error, asked);
}
