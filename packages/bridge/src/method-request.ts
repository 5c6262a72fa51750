import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  methodOf,
  readPages,
  type ServerId,
  type ServerList,
  type ServerMethod,
} from '@org/core';
import type { Reply } from './mcp-failure.ts';
import type { McpSession, RequestBounds } from './mcp-session.ts';

/** Of each list that a program asks for. */
const pageBounds = { maxItems: 10_000, maxPages: 1_000 };

export interface AskOptions extends RequestBounds {
  /** Of all pages of a list, as JSON. */
  readonly maxBytes: number;
}

/** What a program asks of a server. */
export interface Asked {
  readonly server: ServerId;
  readonly session: McpSession;
  /** Of a tool, or of a method (`methodName`). */
  readonly name: string;
  readonly params: JsonObject;
}

/** Calls the tool or the method; never rejects. */
export function ask({ session, name, params }: Asked, options: AskOptions): Promise<Reply> {
  const method = methodOf(name);
  if (method === undefined) return session.callTool(name, params, options);
  switch (method) {
    case 'resources/list':
      return readLists(session, ['resources', 'resourceTemplates'], options);
    case 'prompts/list':
      return readLists(session, ['prompts'], options);
    case 'resources/read':
    case 'prompts/get':
      return hasCapability(session, method)
        ? session.request(method, params, options)
        : Promise.resolve({ kind: 'rejected', message: 'It has nothing of the kind.' });
  }
}

/** Whether the server says that it has what the method is about. */
export function hasCapability({ capabilities }: McpSession, method: ServerMethod): boolean {
  return isJsonObject(capabilities[method.startsWith('prompts') ? 'prompts' : 'resources']);
}

/** A page that is no page. */
class PageFailure extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(reply.kind);
    this.reply = reply;
  }
}

/** All entries of lists as one result, by the names of the lists; or the reply that is none. */
export async function readLists(
  session: McpSession,
  lists: readonly ServerList[],
  { maxBytes, timeoutMs, ...bounds }: AskOptions,
): Promise<Reply> {
  const until = performance.now() + timeoutMs;
  let bytes = 0;
  let ttlMs: number | undefined;
  const readPage = async (list: ServerList, cursor: string | undefined) => {
    const left = Math.ceil(until - performance.now());
    if (left <= 0) throw new PageFailure({ kind: 'unanswered', why: 'timeout' });
    const reply = await session.page(list, cursor, { ...bounds, timeoutMs: left });
    if (reply.kind !== 'result') throw new PageFailure(reply);
    const { result } = reply;
    const items = result[list];
    const { nextCursor } = result;
    if (!Array.isArray(items)) throw new PageFailure(rejected(`its ${list} are not a list`));
    bytes += Buffer.byteLength(JSON.stringify(items));
    if (bytes > maxBytes) throw new PageFailure({ kind: 'tooLarge' });
    if (Object.hasOwn(result, 'ttlMs')) {
      const given = typeof result.ttlMs === 'number' ? result.ttlMs : 0;
      ttlMs = Math.min(ttlMs ?? given, given);
    }
    return { items, nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined };
  };
  const result: Record<string, JsonValue> = {};
  try {
    for (const list of lists) {
      const all = await readPages((cursor) => readPage(list, cursor), list, pageBounds);
      if ('endless' in all) return rejected(all.endless);
      result[list] = all.items as JsonValue[];
    }
  } catch (error) {
    if (error instanceof PageFailure) return error.reply;
    throw error;
  }
  return { kind: 'result', result: { ...result, ...(ttlMs !== undefined && { ttlMs }) } };
}

function rejected(why: string): Reply {
  return { kind: 'rejected', message: `Its list cannot be read: ${why}.` };
}

/** What a program gets of a method's result; undefined for a result that is none. */
export function resultValue(method: ServerMethod, result: JsonObject): JsonObject | undefined {
  switch (method) {
    case 'resources/list':
      return pick(result, 'resources', 'resourceTemplates');
    case 'resources/read':
      return pick(result, 'contents');
    case 'prompts/list':
      return pick(result, 'prompts');
    case 'prompts/get': {
      const value = pick(result, 'messages');
      const { description } = result;
      return value && typeof description === 'string' ? { description, ...value } : value;
    }
  }
}

/** Lists of objects alone. */
function pick(result: JsonObject, ...names: readonly string[]): JsonObject | undefined {
  const value: Record<string, JsonValue> = {};
  for (const name of names) {
    const list = Object.hasOwn(result, name) ? result[name] : undefined;
    if (!Array.isArray(list) || !list.every(isJsonObject)) return undefined;
    value[name] = list;
  }
  return value;
}
