import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { AgentServer } from './agent-server.ts';

export interface StdioOptions {
  /** Whom the process serves. */
  readonly principal: string;
  /** Session of calls that name none. */
  readonly session?: string;
  /** Default: those of the process. Nothing else may be written to the output. */
  readonly input?: Readable;
  readonly output?: Writable;
  readonly onProblem?: (error: unknown) => void;
}

export interface StdioConnection {
  /** Resolves when the client has gone and its runs are recorded. */
  readonly closed: Promise<void>;
  /** Ends the connection from this side. */
  close(): Promise<void>;
}

/** A message of more bytes ends the connection. */
const maxMessageBytes = 10 * 1024 * 1024;

/**
 * Serves one client over standard input and output, in whichever form of the protocol it opens
 * with. The end of the input, or an output that nobody reads, closes `server`.
 */
export function serveOverStdio(server: AgentServer, options: StdioOptions): StdioConnection {
  const { principal, session, onProblem } = options;
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const transport = new ClosingTransport(
    options.input ?? process.stdin,
    options.output ?? process.stdout,
    { maxBufferSize: maxMessageBytes },
  );
  transport.onGone = resolve;
  const handle = serveStdio(
    ({ era }) => server.connect(principal, { era, ...(session !== undefined && { session }) }),
    { transport, ...(onProblem && { onerror: onProblem }) },
  );
  return { closed: gone.then(() => server.close()), close: () => handle.close() };
}

class ClosingTransport extends StdioServerTransport {
  onGone: () => void = () => {};

  override async close(): Promise<void> {
    await super.close();
    this.onGone();
  }
}
