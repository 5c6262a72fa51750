import type { JsonObject, ServerList } from '@org/core';
import type { Reply } from './mcp-failure.ts';
import type { ConnectFailure } from './server-report.ts';

/** How each list is asked for, and the capability that it belongs to. */
const lists: Readonly<Record<ServerList, { method: string; capability: string }>> = {
  tools: { method: 'tools/list', capability: 'tools' },
  resources: { method: 'resources/list', capability: 'resources' },
  resourceTemplates: { method: 'resources/templates/list', capability: 'resources' },
  prompts: { method: 'prompts/list', capability: 'prompts' },
};

const methodNotFound = -32_601;

/** A page of a list; empty, without asking, where the server lacks the capability. */
export async function pageOf(
  list: ServerList,
  cursor: string | undefined,
  capabilities: JsonObject,
  send: (method: string, params: JsonObject) => Promise<Reply>,
): Promise<Reply> {
  const { method, capability } = lists[list];
  const none: Reply = { kind: 'result', result: { [list]: [] } };
  if (capabilities[capability] === undefined) return none;
  const reply = await send(method, cursor === undefined ? {} : { cursor });
  // A server with resources need not know of templates.
  const isUnknown = reply.kind === 'rejected' && reply.rpcCode === methodNotFound;
  return isUnknown && list === 'resourceTemplates' ? none : reply;
}

/** Why a list could not be read, as the failure of a server that cannot be used. */
export function unlistedFailure(
  reply: Exclude<Reply, { kind: 'result' }>,
  timedOutMs: number,
): ConnectFailure {
  switch (reply.kind) {
    case 'unsent':
      return reply.failure;
    case 'rejected':
      return { message: reply.message };
    case 'tooLarge':
      return { message: 'a list of what it has is too large' };
    case 'unanswered':
      return reply.why === 'timeout'
        ? { timedOutMs, message: '' }
        : { message: 'it did not answer with a list of what it has' };
  }
}
