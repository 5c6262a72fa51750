import { Client } from '@modelcontextprotocol/client';
import {
  type CallToolResult,
  type ClientCapabilities,
  type ElicitResult,
  InMemoryTransport,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { expect, onTestFinished } from 'vitest';
import type { Answer } from '../src/answer/answer.ts';
import { type AgentHost, type AgentServer, createAgentServer } from '../src/index.ts';
import {
  type ComposedHost,
  type ComposedHostOptions,
  composeHost,
  npmServer,
} from './composed-host.ts';

export type Era = 'legacy' | 'modern';
export const eras: readonly Era[] = ['legacy', 'modern'];

export const everything = { everything: npmServer('server-everything') };

/** Waits for a condition, however slow the machine is. */
export const eventually: typeof expect.poll = (read, options) =>
  expect.poll(read, { timeout: 30_000, ...options });

export async function openHost(options: ComposedHostOptions = {}): Promise<ComposedHost> {
  const host = await composeHost(options);
  onTestFinished(() => host[Symbol.asyncDispose]());
  return host;
}

export function openServer(
  host: AgentHost,
  options: Partial<Parameters<typeof createAgentServer>[1]> = {},
): AgentServer {
  const server = createAgentServer(host, { name: 'test', version: '1.2.3', ...options });
  onTestFinished(() => server.close());
  return server;
}

export interface ConnectOptions {
  readonly era: Era;
  readonly principal?: string;
  readonly capabilities?: ClientCapabilities;
  /** Answers elicitations; with it the client declares that it can. */
  readonly onElicit?: (message: string) => Pick<ElicitResult, 'action' | 'content'>;
}

/** A client of the SDK's, as agents have it, over a connection of its own. */
export async function connect(
  server: AgentServer,
  { era, principal = 'me', capabilities = {}, onElicit }: ConnectOptions,
): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio((context) => server.connect(principal, context), { transport: far });
  const client = new Client(
    { name: 'agent', version: '1' },
    {
      capabilities: { ...capabilities, ...(onElicit && { elicitation: { form: {} } }) },
      versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } },
    },
  );
  if (onElicit !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => onElicit(params.message));
  }
  await client.connect(near);
  onTestFinished(async () => {
    await client.close();
    await handle.close();
  });
  return client;
}

/** A client of a server over a new host. */
export async function connected(
  options: ConnectOptions & { readonly host?: ComposedHostOptions },
): Promise<{ client: Client; host: ComposedHost; server: AgentServer }> {
  const host = await openHost(options.host);
  const server = openServer(host);
  return { client: await connect(server, options), host, server };
}

/** Calls a tool; its structured content is an `Answer`, or what the tool says. */
export async function call<Structured = Answer>(
  client: Client,
  name: string,
  args: Record<string, unknown>,
  options?: Parameters<Client['callTool']>[1],
): Promise<{ answer: Structured; texts: string[]; result: CallToolResult }> {
  const result = (await client.callTool({ name, arguments: args }, options)) as CallToolResult;
  const texts = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return { answer: result.structuredContent as Structured, texts, result };
}
