import type { ServerEntry } from '@org/bridge';
import { counted, type ErrorCode, SandboxError } from '@org/core';
import { columns } from './columns.ts';
import { plainLine } from './plain-text.ts';
import type { TrustState } from './project-trust.ts';
import { foldToWidth } from './text-width.ts';
import type { Toolbox } from './toolbox.ts';

/** What connecting to a server came to. */
type Contact =
  | {
      readonly status: 'connected';
      readonly tools: number;
      /** Until its catalog was read. */
      readonly ms: number;
      readonly protocolVersion: string;
    }
  | { readonly status: 'failed'; readonly code: ErrorCode; readonly message: string };

/** One server of the configuration, for people and for scripts. */
export interface ListedServer {
  readonly name: string;
  readonly type: ServerEntry['type'];
  /** The file and line that define it. */
  readonly origin: string;
  /** Definitions of the same name elsewhere, which do not count. */
  readonly shadows: readonly string[];
  readonly disabled: boolean;
  /** False where the policy denies all of its tools. */
  readonly allowed: boolean;
  readonly trust: TrustState;
  readonly contact?: Contact;
}

/** All servers of the configuration, as it has them. @param connect whether to try those in use */
export async function listServers(
  toolbox: Toolbox,
  connect: boolean,
): Promise<readonly ListedServer[]> {
  const { config, bridge } = toolbox;
  return Promise.all(
    config.servers.map(async (entry) => {
      const { id, type, origin, disabled } = entry;
      const shadows = config.shadowed.flatMap((one) => (one.id === id ? [one.origin] : []));
      const allowed = disabled || bridge.servers.includes(id);
      const tries = connect && !disabled && allowed;
      const contact = tries ? await contactOf(toolbox, entry) : undefined;
      const trust = await toolbox.trustOf(entry);
      const listed = { name: id, type, origin, shadows, disabled, allowed, trust };
      return contact === undefined ? listed : { ...listed, contact };
    }),
  );
}

async function contactOf(toolbox: Toolbox, { id }: ServerEntry): Promise<Contact> {
  const started = performance.now();
  try {
    const { tools, protocolVersion } = await toolbox.catalog(id);
    const ms = Math.round(performance.now() - started);
    return { status: 'connected', tools: tools.length, ms, protocolVersion };
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code === 'ABORTED') throw error;
    return { status: 'failed', code: error.code, message: error.message };
  }
}

const trustWords: Readonly<Record<TrustState, string>> = {
  trusted: 'trusted',
  unasked: 'not asked about',
  untrusted: 'not trusted yet',
};

/**
 * A line for each server, and one for each thing about it that needs more words.
 * @param width of the terminal; what does not fit is cut, and words go on in the next line
 */
export function describeServers(servers: readonly ListedServer[], width: number): string {
  if (servers.length === 0) return 'No servers are configured.\n';
  const rows = servers.map(({ name, type, origin, ...rest }) => [name, type, origin, state(rest)]);
  const heads = columns(rows, { width, spare: [1, 2] });
  const lines = servers.flatMap(({ shadows, contact }, index) => {
    const notes = shadows.map((origin) => `also in ${origin}, which does not count`);
    if (contact?.status === 'failed') notes.push(contact.message);
    const shown = notes.flatMap((note) => foldToWidth(`    ${plainLine(note)}`, width, '    '));
    return [heads[index], ...shown];
  });
  return `${lines.join('\n')}\n`;
}

type State = Pick<ListedServer, 'disabled' | 'allowed' | 'trust' | 'contact'>;

function state({ disabled, allowed, trust, contact }: State): string {
  if (disabled) return 'disabled';
  if (!allowed) return 'denied by the policy';
  if (contact === undefined) return trustWords[trust];
  if (contact.status === 'failed') return `failed: ${contact.code}`;
  const { tools, ms, protocolVersion } = contact;
  return `${counted(tools, 'tool')}, ${ms} ms, MCP ${protocolVersion}`;
}
