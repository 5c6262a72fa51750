import {
  type HandleRequestOptions,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { refusalResponse } from './answer.ts';

/**
 * The SDK's transport of a session, which also knows when a request needs nothing any more: a client
 * that goes away does not end the work that it asked for (2025-11-25, Transports).
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  readonly #pending = new Map<RequestId, () => void>();

  get pending(): number {
    return this.#pending.size;
  }

  /**
   * As `handleRequest`, for a message that was parsed.
   * @returns besides, what settles when the request was answered, cancelled, or lost its session
   */
  async handle(request: Request, message: unknown) {
    if (!isJSONRPCRequest(message)) {
      const response = await this.#pass(request, { parsedBody: message });
      // The SDK answers no cancelled request, and would leave its stream open.
      if (response.status === 202) this.#onCancelled(message);
      return { response, answered: undefined };
    }
    const { id } = message;
    if (this.#pending.has(id)) return { response: refusalResponse(idInUse), answered: undefined };
    const answered = new Promise<void>((resolve) => this.#pending.set(id, resolve));
    const response = await this.#pass(request, { parsedBody: message });
    if (!response.ok) this.#settle(id);
    return { response, answered };
  }

  override async send(
    message: JSONRPCMessage,
    options?: { readonly relatedRequestId?: RequestId },
  ): Promise<void> {
    try {
      await super.send(message, options);
    } finally {
      if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
        if (message.id !== undefined) this.#settle(message.id);
      }
    }
  }

  override async close(): Promise<void> {
    await super.close();
    for (const id of [...this.#pending.keys()]) this.#settle(id);
  }

  #pass(request: Request, options: HandleRequestOptions): Promise<Response> {
    return this.handleRequest(request, options);
  }

  #onCancelled(message: unknown): void {
    if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return;
    const id = message.params?.requestId as RequestId;
    this.closeSSEStream(id);
    this.#settle(id);
  }

  #settle(id: RequestId): void {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.();
  }
}

const idInUse = {
  status: 400,
  reason: 'id-in-use',
  message: 'A request with this id is under way in the session. Take another id.',
};
