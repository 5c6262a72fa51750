import { didYouMean, parseServerId, SandboxError } from '@org/core';
import { plainLine } from '../plain-text.ts';
import { padToWidth, textWidth } from '../text-width.ts';
import type { EditedConfig } from './edit-config.ts';
import {
  type ForeignServer,
  type ForeignServers,
  foreignServers,
  slug,
} from './foreign-configs.ts';

/** What became of a server that another program has. */
export interface ImportedServer {
  readonly name: string;
  /** Slug of the program: `claude-code`. */
  readonly from: string;
  readonly origin: string;
  /**
   * `there`: a server of this name is in the configuration. `shadowed`: another program's of the same
   * name was taken. `unusable`: its name cannot be one of ours.
   */
  readonly status: 'found' | 'imported' | 'there' | 'shadowed' | 'unusable';
}

interface ImportOptions {
  readonly from?: string | undefined;
  readonly force?: boolean | undefined;
}

/**
 * Takes servers of other programs into a configuration, and saves it where any was wanted.
 * @param wanted names, or all; none: they are only told of
 * @throws SandboxError `UNKNOWN_SERVER`: no program has a server of that name
 */
export async function importServers(
  config: EditedConfig,
  wanted: readonly string[] | 'all',
  { from, force = false }: ImportOptions,
): Promise<Pick<ForeignServers, 'unreadable'> & { readonly servers: readonly ImportedServer[] }> {
  const { servers: found, unreadable } = await foreignServers(from);
  if (wanted !== 'all') requireAll(wanted, found);
  const taken = new Set<string>();
  const servers = found.map((server): ImportedServer => {
    const { name, program, origin } = server;
    const is = { name, from: slug(program), origin };
    if (!isUsable(name)) return { ...is, status: 'unusable' };
    if (wanted !== 'all' && !wanted.includes(name)) return { ...is, status: 'found' };
    if (taken.has(name)) return { ...is, status: 'shadowed' };
    const at = [config.serversKey, name];
    if (config.get(at) !== undefined && !force) return { ...is, status: 'there' };
    config.set(at, server.entry);
    taken.add(name);
    return { ...is, status: 'imported' };
  });
  if (taken.size > 0) await config.save();
  return { servers, unreadable };
}

function requireAll(wanted: readonly string[], found: readonly ForeignServer[]): void {
  const names = found.map(({ name }) => name);
  const missing = wanted.find((name) => !names.includes(name));
  if (missing === undefined) return;
  throw new SandboxError(
    'UNKNOWN_SERVER',
    `No other program has a server named ${JSON.stringify(missing)}.${didYouMean(missing, names)}`,
    { hint: 'See mcp-cli server import for those that there are.' },
  );
}

function isUsable(name: string): boolean {
  try {
    parseServerId(name);
    return name !== '__proto__';
  } catch {
    return false;
  }
}

const words: Readonly<Record<ImportedServer['status'], string>> = {
  found: '',
  imported: 'imported',
  there: 'is there already; --force replaces it',
  shadowed: 'not taken: another one has this name',
  unusable: 'not taken: its name cannot be used',
};

/** A line a server, and what to do with them. */
export function describeImport(servers: readonly ImportedServer[], file: string): string {
  if (servers.length === 0) return 'No other program of this user has servers.\n';
  const width = Math.max(...servers.map(({ name }) => textWidth(plainLine(name))));
  const lines = servers.map(({ name, origin, status }) =>
    `${padToWidth(plainLine(name), width)}  ${plainLine(origin)}  ${words[status]}`.trimEnd(),
  );
  const count = servers.filter(({ status }) => status === 'imported').length;
  const last =
    count > 0
      ? `${count} imported into ${plainLine(file)}.`
      : servers.some(({ status }) => status === 'found')
        ? 'Take them with mcp-cli server import <name> …, or --all.'
        : 'Nothing was imported.';
  return `${[...lines, last].join('\n')}\n`;
}
