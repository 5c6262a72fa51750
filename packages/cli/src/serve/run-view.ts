import type { CallOptions, ToolCall, ToolCaller } from '@org/core';
import type { RunPorts, Sandbox } from '@org/wasm-runtime';
import { serversOf } from '../skills/call-skill.ts';
import type { Toolbox } from '../toolbox.ts';
import type { ToolboxView } from '../toolbox-view.ts';
import type { ClientGrant } from './client-grant.ts';
import type { LiveSession } from './live-sessions.ts';

/** What one run of a session finds. */
export interface RunView {
  readonly session: LiveSession;
  readonly sandbox: Sandbox;
  readonly toolbox: ToolboxView;
  readonly ports: Required<RunPorts>;
}

/** The servers, skills, files and state of a session, for one run: catalogs stay as it saw them first. */
export async function viewForRun(
  toolbox: Toolbox,
  sandbox: Sandbox,
  { rules, mayRun, limits }: ClientGrant,
  session: LiveSession,
): Promise<RunView> {
  const { key, state, workspace, learning } = session;
  const bridge = toolbox.pinned({ ...rules, observer: learning.observer });
  const view = await toolbox.view({ bridge, observed: learning, workspace });
  const { files, search } = view;
  const servers = serversOf({
    ...{ toolbox: view, sandbox, mayRun },
    of: { files, state, search, limits },
  });
  const whose = { principal: key.principal, session: key.name };
  const tools: ToolCaller = {
    tellsSent: true,
    callTool: (call: ToolCall, options: CallOptions) =>
      servers.callTool(call, { ...options, context: { ...options.context, ...whose } }),
  };
  return { session, sandbox, toolbox: view, ports: { tools, files, state, search } };
}
