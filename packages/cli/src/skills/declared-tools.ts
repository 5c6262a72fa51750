import {
  changesSince,
  type DefinitionChange,
  parseToolPattern,
  type ToolPattern,
} from '@org/bridge';
import {
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolCaller,
  type ToolCallOutcome,
  toCallError,
} from '@org/core';
import type { CheckedSkill, SkillTool } from '@org/skill-store';

/** A tool that is another one than when the skill was saved. Texts are the server's. */
export interface Drift {
  readonly server: string;
  readonly tool: string;
  /** Empty where the server has no such tool any more. */
  readonly changes: readonly DefinitionChange[];
}

/** `server/tool` as the pattern `server.tool`; all other texts as they are. */
export function toolPattern(text: string, servers: readonly ServerId[]): string {
  const slash = text.indexOf('/');
  const server = text.slice(0, Math.max(0, slash));
  const isServer = servers.some((id) => id === server);
  return isServer ? `${escapePattern(server)}.${text.slice(slash + 1)}` : text;
}

const escapePattern = (name: string): string => name.replaceAll(/[\\.*]/gu, '\\$&');

/** The pattern that means exactly this tool. */
export function exactPattern(server: string, tool: string): string {
  return `${escapePattern(server)}.${escapePattern(tool)}`;
}

/** Patterns of servers that are not configured match nothing: no call can be made there. */
function patternsOf(allow: readonly string[], servers: readonly ServerId[]): ToolPattern[] {
  return allow.flatMap((text) => {
    try {
      return [parseToolPattern(text, servers)];
    } catch (error) {
      if (error instanceof SandboxError) return [];
      throw error;
    }
  });
}

export interface Servers extends ToolCaller {
  readonly servers: readonly ServerId[];
  catalog(server: ServerId): Promise<ServerCatalog>;
}

export interface DeclaredOptions {
  /** Refuse calls of tools that have changed since the skill was saved. */
  readonly strict: boolean;
  /** Told once of each tool that has changed, before it is called. */
  readonly onDrift: (drift: Drift) => void;
}

/** How a tool differs from what the skill was saved with; undefined where it does not. */
export function driftOf(saved: SkillTool, catalog: ServerCatalog): Drift | undefined {
  const { server, tool } = saved;
  const now = catalog.tools.find(({ name }) => name === tool);
  if (now === undefined) return { server, tool, changes: [] };
  const changes = changesSince(saved, now);
  return changes.length === 0 ? undefined : { server, tool, changes };
}

/**
 * The tools that a skill has declared, and no others; the bridge's own rules hold beside. A server is
 * not started for a call that is refused here.
 */
export function declaredTools(
  { id, metadata }: CheckedSkill,
  bridge: Servers,
  { strict, onDrift }: DeclaredOptions,
): ToolCaller {
  const allowed = patternsOf(metadata.allow, bridge.servers);
  const checked = new Map<string, Promise<Drift | undefined>>();
  const drift = async (server: string, tool: string): Promise<Drift | undefined> => {
    const saved = metadata.tools.find((one) => one.server === server && one.tool === tool);
    if (saved === undefined) return undefined;
    const found = driftOf(saved, await bridge.catalog(server as ServerId));
    if (found !== undefined) onDrift(found);
    return found;
  };
  return {
    ...(bridge.tellsSent && { tellsSent: true }),
    async callTool(call, options): Promise<ToolCallOutcome> {
      const { server, tool } = call;
      const name = `${server}.${tool}`;
      if (!allowed.some((pattern) => pattern.matches(server as ServerId, tool as never))) {
        const list = metadata.allow.join(', ') || 'none';
        return refused('NOT_ALLOWED', `The skill ${id} may not call ${name}: it declares ${list}.`);
      }
      const check = checked.get(name) ?? drift(server, tool);
      checked.set(name, check);
      try {
        if ((await check) !== undefined && strict) {
          return refused('DEFINITION_CHANGED', `${name} has changed since ${id} was saved.`);
        }
      } catch (error) {
        checked.delete(name);
        return { status: 'failed', error: toCallError(error) };
      }
      return bridge.callTool(call, options);
    },
  };
}

function refused(code: 'NOT_ALLOWED' | 'DEFINITION_CHANGED', message: string): ToolCallOutcome {
  const hint =
    code === 'NOT_ALLOWED'
      ? 'Save the skill with --allow to let it.'
      : 'Look at the change with "mcp-cli skill diff", and save the skill again if you agree.';
  return { status: 'refused', error: toCallError(new SandboxError(code, message, { hint })) };
}
