import {
  type ListResourcesResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { SandboxError } from '@org/core';
import type { AgentClient } from '../agent-host.ts';
import { fileText, mimeTypeOf, workspaceFiles } from './file-text.ts';
import { pageOf } from './page.ts';
import { fileUri, parseResourceUri, type ResourceUri } from './resource-uri.ts';
import { runText } from './run-text.ts';

const runsAtOnce = 50;

const templates = [
  ['run', 'run://{runId}/{part}', 'A run: summary, result, logs or calls; ?page=2 for more of it'],
  ['workspace', 'session://{session}/workspace/{+path}', 'A file or folder of a session'],
  ['mcp-tools', 'session://{session}/mcp-tools/{+path}', 'The typed functions of the servers'],
] as const;

/**
 * Runs of the client, and the files of its sessions, as resources of `mcp`.
 * @param session whose files are listed; those of others can be read
 */
export function serveResources(mcp: McpServer, client: AgentClient, session: string): void {
  const read = (uri: URL) => readResource(client, uri.href);
  for (const scheme of ['run', 'session']) {
    mcp.registerResource(
      scheme,
      new ResourceTemplate(`${scheme}://{+path}`, { list: undefined }),
      {},
      read,
    );
  }
  mcp.server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: templates.map(([name, uriTemplate, description]) => ({
      name,
      uriTemplate,
      description,
    })),
  }));
  mcp.server.setRequestHandler('resources/list', ({ params }) =>
    listResources(client, session, params?.cursor),
  );
}

async function readResource(client: AgentClient, uri: string): Promise<ReadResourceResult> {
  const parsed = parseResourceUri(uri);
  const found = parsed && (await textAt(client, parsed));
  const page = found && pageOf(found.text, { ...parsed, mimeType: found.mimeType });
  if (page === undefined) throw new ResourceNotFoundError(uri);
  return { contents: [page] };
}

async function textAt(client: AgentClient, uri: ResourceUri) {
  try {
    return uri.kind === 'run'
      ? await runText(client, uri.runId, uri.part)
      : await fileText(client, uri.session, uri.path);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
    throw new ProtocolError(ProtocolErrorCode.InternalError, message, { code: error.code });
  }
}

/** The session's files, then the client's runs, newest first. The cursor is the last run's id. */
async function listResources(
  client: AgentClient,
  session: string,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  if (cursor !== undefined && !/^[a-z0-9-]{1,64}$/.test(cursor)) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such page.');
  }
  const files = cursor === undefined ? await workspaceFiles(client, session) : [];
  const runs = await client.runs({
    limit: runsAtOnce,
    ...(cursor !== undefined && { before: cursor }),
  });
  const resources: Resource[] = [
    ...files.map((path) => ({
      uri: fileUri(session, path),
      name: path,
      mimeType: mimeTypeOf(path),
    })),
    ...runs.map(({ runId, status, startedAt }) => ({
      uri: `run://${runId}`,
      name: `Run of ${new Date(startedAt).toISOString()}, ${status}`,
      mimeType: 'application/json',
    })),
  ];
  const last = runs.at(-1);
  return {
    resources,
    ...(runs.length === runsAtOnce && last !== undefined && { nextCursor: last.runId }),
  };
}
