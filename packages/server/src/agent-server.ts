import { randomBytes } from 'node:crypto';
import {
  createRequestStateCodec,
  McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { SandboxError } from '@org/core';
import type { AgentClient, AgentHost } from './agent-host.ts';
import { refusalOf } from './answer/refusal.ts';
import { type AskedState, createAsking } from './asking.ts';
import { instructionsFor } from './instructions.ts';
import { watchOf } from './progress.ts';
import { serveResources } from './resources/serve-resources.ts';
import { serveSkills } from './resources/serve-skills.ts';
import { executeCode } from './tools/execute-code.ts';
import { listSkills } from './tools/list-skills.ts';
import { resultOf } from './tools/result.ts';
import { resumeRun } from './tools/resume-run.ts';
import { runSkill } from './tools/run-skill.ts';
import { shownSchema } from './tools/schema.ts';
import { searchTools } from './tools/search-tools.ts';
import type { AgentTool, ToolResult } from './tools/tool.ts';

export interface AgentServerOptions {
  /** What the server calls itself. */
  readonly name: string;
  readonly version: string;
  /** Tokens of an answer that a call asks no other number for. Default: 10,000. */
  readonly answerTokens?: number;
  /** The most that a call can ask for. Default: 25,000. */
  readonly maxAnswerTokens?: number;
  /** Tool calls under way for one principal; further ones are refused. Default: 64. */
  readonly callsAtOnce?: number;
  /** How the operator decides on the calls of a run that waits: goes on after "Tell the user that ". */
  readonly decideHint?: (runId: string) => string;
  /** How often a client that asked for progress is told that its run goes on. Default: 10,000. */
  readonly heartbeatMs?: number;
  /** Told of what went wrong and is not the client's to know. */
  readonly onProblem?: (error: unknown) => void;
}

export interface ConnectOptions {
  /** `modern`: 2026-07-28, without a handshake. */
  readonly era: 'legacy' | 'modern';
  /** Session of calls that name none. Default: `default`. */
  readonly session?: string;
}

/** What a call of a tool belongs to. */
interface CallParts extends Required<ConnectOptions> {
  readonly mcp: McpServer;
  readonly client: AgentClient;
  readonly request: ServerContext;
  readonly codec: RequestStateCodec<AskedState>;
}

const tools: readonly AgentTool[] = [executeCode, searchTools, listSkills, runSkill, resumeRun];

const closeMs = 2_000;
const listsMs = 300_000;

/** Serves one host to any number of clients, on whatever transports its caller connects. */
export class AgentServer implements AsyncDisposable {
  readonly #host: AgentHost;
  readonly #options: AgentServerOptions;
  readonly #closing = new AbortController();
  /** Calls under way, by principal. */
  readonly #calls = new Map<string, Set<Promise<ToolResult>>>();
  /** Of this process: what waits when it ends is gone on with by `resume_run`. */
  readonly #key = randomBytes(32);

  constructor(host: AgentHost, options: AgentServerOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Tool calls under way. */
  get active(): number {
    return this.#calls.values().reduce((sum, calls) => sum + calls.size, 0);
  }

  /**
   * A server of the SDK's for one connection, or over HTTP for one request, not yet connected.
   * @throws SandboxError as `AgentHost.clientOf`
   */
  connect(principal: string, { era, session = 'default' }: ConnectOptions): McpServer {
    const client = this.#host.clientOf(principal);
    const { name, version } = this.#options;
    // A state is good for the client that it was given to.
    const codec = createRequestStateCodec<AskedState>({ key: this.#key, bind: () => principal });
    const mcp = new McpServer(
      { name, version },
      {
        instructions: instructionsFor(client.servers),
        capabilities: {
          logging: {},
          tools: { listChanged: false },
          resources: { listChanged: false },
        },
        cacheHints: { 'tools/list': { ttlMs: listsMs, cacheScope: 'private' } },
        requestState: { verify: codec.verify },
      },
    );
    for (const tool of tools) {
      const { title, description, annotations } = tool;
      const inputSchema = shownSchema(tool.inputSchema);
      const outputSchema = shownSchema(tool.outputSchema);
      mcp.registerTool(
        tool.name,
        { title, description, annotations, inputSchema, outputSchema },
        (input: unknown, request: ServerContext) =>
          this.#counted(principal, () =>
            this.#call(tool, input, { mcp, client, request, codec, era, session }),
          ),
      );
    }
    serveSkills(mcp, client, (error) => this.#options.onProblem?.(error));
    serveResources(mcp, client, session);
    return mcp;
  }

  async #call(
    tool: AgentTool,
    input: unknown,
    { mcp, client, request, codec, era, session }: CallParts,
  ): Promise<ToolResult> {
    const { answerTokens = 10_000, maxAnswerTokens = 25_000, decideHint } = this.#options;
    const most = Math.min(client.maxAnswerTokens ?? maxAnswerTokens, maxAnswerTokens);
    const signal = AbortSignal.any([request.mcpReq.signal, this.#closing.signal]);
    const heartbeatMs = this.#options.heartbeatMs ?? 10_000;
    using watch = watchOf(request, { signal, heartbeatMs });
    return await tool.call(input, {
      client,
      session,
      budget: { preset: Math.min(answerTokens, most), most },
      watch,
      asking: createAsking({ era, server: mcp, request, codec }),
      decideHint: decideHint ?? (() => 'whoever operates this server can approve them.'),
    });
  }

  async #counted(principal: string, call: () => Promise<ToolResult>): Promise<ToolResult> {
    const calls = this.#calls.get(principal) ?? new Set();
    const most = this.#options.callsAtOnce ?? 64;
    if (calls.size >= most) {
      const message = `There are ${most} calls of this client under way.`;
      const options = { retryable: true, hint: 'Call again when one of them has ended.' };
      return resultOf(refusalOf(new SandboxError('RATE_LIMITED', message, options)));
    }
    const answer = this.#answered(call);
    this.#calls.set(principal, calls.add(answer));
    try {
      return await answer;
    } finally {
      calls.delete(answer);
      if (calls.size === 0) this.#calls.delete(principal);
    }
  }

  async #answered(call: () => Promise<ToolResult>): Promise<ToolResult> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SandboxError)) this.#options.onProblem?.(error);
      return resultOf(refusalOf(error));
    }
  }

  /** Aborts all runs that calls wait for, and waits until they are recorded: 2 seconds at most. */
  async close(): Promise<void> {
    this.#closing.abort();
    const open = [...this.#calls.values()].flatMap((calls) => [...calls]);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, closeMs);
    await Promise.race([Promise.allSettled(open), late]);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The host stays its caller's, to be closed after the server. */
export function createAgentServer(host: AgentHost, options: AgentServerOptions): AgentServer {
  return new AgentServer(host, options);
}
