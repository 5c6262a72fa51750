import { AgentServer, type AgentServerOptions, traceRuns } from '@org/server';
import { plainLine } from '../plain-text.ts';
import type { Host } from './host.ts';

/** A server whose runs are not lost with it: they are suspended before it closes. */
export class HostServer extends AgentServer {
  readonly #host: Host;

  constructor(host: Host, options: AgentServerOptions) {
    super(traceRuns(host), options);
    this.#host = host;
  }

  override async close(): Promise<void> {
    await this.#host.suspendRuns();
    await super.close();
  }
}

export function decideHint(runId: string): string {
  return `"mcp-cli run approve ${plainLine(runId)}" on the machine of the server approves them.`;
}
