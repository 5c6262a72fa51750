import {
  didYouMean,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  methodOf,
  SandboxError,
  type ServerId,
  type ServerMethod,
  type ToolCallOutcome,
} from '@org/core';
import { failed } from './call-outcome.ts';
import { listed, quoted } from './lookup.ts';
import type { Reply } from './mcp-failure.ts';
import type { McpSession } from './mcp-session.ts';
import { type Asked, type AskOptions, hasCapability, readLists } from './method-request.ts';

/** MCP 2025-11-25, server/resources; since 2026-07-28 it is -32602 for these too. */
const resourceNotFound = -32_002;
const invalidParams = -32_602;
const compared = 1_000;

export interface Rejection extends Asked {
  readonly reply: Reply;
  /** Whether the program may see what there is. */
  readonly mayList: (list: ServerMethod) => boolean;
}

/**
 * What is wrong with a resource or prompt that the server does not have, or with the arguments of a
 * prompt, from the server's own lists; undefined where that does not tell.
 */
export async function explainRejected(
  rejection: Rejection,
  options: AskOptions,
): Promise<ToolCallOutcome | undefined> {
  const { name, reply } = rejection;
  if (reply.kind !== 'rejected') return undefined;
  const method = methodOf(name);
  const error =
    method === 'resources/read'
      ? await explainResource(rejection, reply, options)
      : method === 'prompts/get'
        ? await explainPrompt(rejection, reply, options)
        : undefined;
  return error && failed(error);
}

type Rejected = Extract<Reply, { kind: 'rejected' }>;

async function explainResource(
  { server, session, params, mayList }: Rejection,
  { rpcCode }: Rejected,
  options: AskOptions,
): Promise<SandboxError | undefined> {
  if (!hasCapability(session, 'resources/read')) {
    return new SandboxError('UNKNOWN_RESOURCE', `Server ${quoted(server)} has no resources.`);
  }
  if (rpcCode !== invalidParams && rpcCode !== resourceNotFound) return undefined;
  const entries = mayList('resources/list')
    ? await entriesOf(session, 'resources', options)
    : undefined;
  if (entries === undefined && rpcCode !== resourceNotFound) return undefined;
  const uri = String(params.uri);
  const known = texts(entries ?? [], 'uri');
  // One that is listed and cannot be read: the server's own words say why.
  if (known.includes(uri)) return undefined;
  return new SandboxError(
    'UNKNOWN_RESOURCE',
    `Server ${quoted(server)} has no resource ${quoted(uri)}.${didYouMean(uri, known)}`,
    { hint: `listResources(${quoted(server)}) gives the resources and templates there are.` },
  );
}

async function explainPrompt(
  { server, session, params, mayList }: Rejection,
  { rpcCode }: Rejected,
  options: AskOptions,
): Promise<SandboxError | undefined> {
  if (!hasCapability(session, 'prompts/get')) {
    return new SandboxError('UNKNOWN_PROMPT', `Server ${quoted(server)} has no prompts.`);
  }
  if (rpcCode !== invalidParams || !mayList('prompts/list')) return undefined;
  const prompts = await entriesOf(session, 'prompts', options);
  if (prompts === undefined) return undefined;
  const name = String(params.name);
  const prompt = prompts.find((one) => one.name === name);
  if (prompt !== undefined) return missingArguments(prompt, params);
  return unknownPrompt(server, name, texts(prompts, 'name'));
}

function unknownPrompt(server: ServerId, name: string, known: readonly string[]): SandboxError {
  return new SandboxError(
    'UNKNOWN_PROMPT',
    `Server ${quoted(server)} has no prompt ${quoted(name)}.${didYouMean(name, known)}`,
    { hint: known.length === 0 ? 'It has no prompts.' : `It has: ${listed(known)}.` },
  );
}

function missingArguments(prompt: JsonObject, params: JsonObject): SandboxError | undefined {
  const declared = objects(prompt.arguments);
  const given = isJsonObject(params.arguments) ? params.arguments : {};
  const required = texts(
    declared.filter((argument) => argument.required === true),
    'name',
  );
  const missing = required.filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return undefined;
  return new SandboxError(
    'INVALID_PARAMS',
    `The prompt ${quoted(String(params.name))} lacks the arguments: ${listed(missing)}.`,
    { hint: `It takes: ${listed(texts(declared, 'name'))}.` },
  );
}

async function entriesOf(
  session: McpSession,
  list: 'resources' | 'prompts',
  options: AskOptions,
): Promise<readonly JsonObject[] | undefined> {
  const reply = await readLists(session, [list], options);
  return reply.kind === 'result' ? objects(reply.result[list]).slice(0, compared) : undefined;
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function texts(entries: readonly JsonObject[], key: string): readonly string[] {
  return entries.map((entry) => entry[key]).filter((text) => typeof text === 'string');
}
