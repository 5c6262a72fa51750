import type { CallContext } from './tool-call.ts';

/** What one call passes through, on its way to the server and back. */
export interface CallFilter {
  /**
   * The parameters as they are sent to the server. Takes and gives JSON text; text that is not JSON
   * comes back as it is.
   * @throws SandboxError `UNKNOWN_TOKEN` or `PARAMS_TOO_LARGE`
   */
  incoming(paramsJson: string): string;
  /**
   * A result as it may reach the agent. Takes and gives JSON text.
   * @throws SandboxError `QUOTA_EXCEEDED`: it can't be kept, so it must not be handed out
   */
  outgoing(json: string): string;
  /** The same for plain text: the message of an error, a line of a log. @throws as `outgoing` */
  outgoingText(text: string): string;
}

/** Port: what of servers' content an agent may see, and which servers get back what it hid. */
export interface ContentFilter {
  /** Undefined where nothing is to be filtered. */
  forCall(server: string, tool: string, context?: CallContext): CallFilter | undefined;
  /** Forgets what was hidden in this session of this principal. */
  endSession(context: CallContext): void;
  /** Forgets everything. */
  close(): void;
}
