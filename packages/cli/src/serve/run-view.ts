import type { CallOptions, StateStore, ToolCall, ToolCaller, ToolSearch } from '@org/core';
import type { VirtualFileSystem } from '@org/vfs';
import type { Sandbox } from '@org/wasm-runtime';
import { serversOf } from '../skills/call-skill.ts';
import type { Toolbox } from '../toolbox.ts';
import type { ToolboxView } from '../toolbox-view.ts';
import type { ClientGrant } from './client-grant.ts';
import type { LiveSession } from './live-sessions.ts';

/** What a run of a session finds: the ports of its program. */
export interface RunView {
  readonly toolbox: ToolboxView;
  readonly tools: ToolCaller;
  readonly files: VirtualFileSystem;
  readonly state: StateStore;
  readonly search: ToolSearch;
}

/** The servers, skills, files and state of a session, for one run: catalogs stay as it saw them first. */
export async function viewForRun(
  toolbox: Toolbox,
  sandbox: Sandbox,
  { rules, mayRun, limits }: ClientGrant,
  { key, state, workspace, learning }: LiveSession,
): Promise<RunView> {
  const bridge = toolbox.pinned({ ...rules, observer: learning.observer });
  const view = await toolbox.view({ bridge, observed: learning, workspace });
  const ports = { files: view.files, state, search: view.search };
  const servers = serversOf({ toolbox: view, sandbox, mayRun, of: { ...ports, limits } });
  const whose = { principal: key.principal, session: key.name };
  const tools: ToolCaller = {
    tellsSent: true,
    callTool: (call: ToolCall, options: CallOptions) =>
      servers.callTool(call, { ...options, context: { ...options.context, ...whose } }),
  };
  return { ...ports, toolbox: view, tools };
}
