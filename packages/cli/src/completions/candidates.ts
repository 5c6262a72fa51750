import type { ServerConfig } from '@org/bridge';
import { SandboxError } from '@org/core';
import type { RunStatus } from '@org/runs';
import { plainLine } from '../plain-text.ts';
import { configFileOf, isFile } from './config-file.ts';
import { givenFlag } from './given-flag.ts';
import type { Candidate, Lookup } from './words.ts';

const mostCandidates = 1_000;
const mostRuns = 100;
const longestValue = 300;
const longestAbout = 60;

/**
 * What a word can be, from the configuration and from what is kept on the disk. Starts nothing and
 * makes no file. Names come from files that others wrote: none has a character that is not seen, and
 * none could be taken for a flag.
 * @param before the words of the command line before it, as they are typed
 * @throws SandboxError as reading the configuration, the runs or the skills does
 */
export async function candidates(
  lookup: Lookup,
  before: readonly string[],
): Promise<readonly Candidate[]> {
  const found = await looks[lookup](before);
  return found
    .filter(({ value }) => isShown(value))
    .slice(0, mostCandidates)
    .map(({ value, about }) => ({ value, about: cut(plainLine(about)) }));
}

function isShown(value: string): boolean {
  if (value === '' || value.length > longestValue || value.startsWith('-')) return false;
  return !/[\p{C}\p{DI}\p{Zl}\p{Zp}]/u.test(value);
}

function cut(text: string): string {
  return text.length <= longestAbout ? text : `${text.slice(0, longestAbout - 1)}…`;
}

type Look = (before: readonly string[]) => Promise<readonly Candidate[]>;

const looks: Readonly<Record<Lookup, Look>> = {
  server: async (before) =>
    (await configOf(before)).servers.map(({ id, type, origin, disabled }) => ({
      value: id,
      about: `${type}, ${origin}${disabled ? ', disabled' : ''}`,
    })),
  foreign: async () => {
    const { foreignServers } = await import('../config/foreign-configs.ts');
    const { servers } = await foreignServers();
    return servers.map(({ name, program }) => ({ value: name, about: program }));
  },
  tool: async (before) => toolsOf(await configOf(before)),
  tools: async (before) => {
    const config = await configOf(before);
    const servers = config.servers.map(({ id, type }) => ({ value: id, about: type }));
    const all = [...servers, ...(await toolsOf(config))];
    // In a pattern these would be read as something else.
    return all.filter(({ value }) => !/[*\\]/u.test(value));
  },
  run: runsOf,
  setting: async (before) => {
    const { settings } = await import('./settings.ts');
    return settings(before);
  },
  skill: async (before) => {
    const { openSkillStore } = await import('../skills/open-store.ts');
    const store = await openSkillStore(givenFlag(before, '--skills'));
    return (await store.names()).map((value) => ({ value, about: '' }));
  },
  token: async (before) => {
    const { tokensIn } = await import('../serve/tokens-folder.ts');
    const tokens = await (await tokensIn(givenFlag(before, '--tokens'))).list();
    const valid = tokens.filter(({ revokedAt }) => revokedAt === undefined);
    return valid.map(({ name, use }) => ({ value: name, about: use }));
  },
};

async function configOf(before: readonly string[]): Promise<ServerConfig> {
  const { readServerConfig } = await import('@org/bridge');
  const configPath = configFileOf(before);
  return readServerConfig({
    cwd: process.cwd(),
    env: process.env,
    ...(configPath !== undefined && { configPath }),
  });
}

/** Those of catalogs that are kept, however old. */
async function toolsOf({ servers }: ServerConfig): Promise<readonly Candidate[]> {
  const { CatalogCache } = await import('../catalog-cache.ts');
  const { cacheFolder } = await import('../cache-folder.ts');
  const folder = await cacheFolder(true, 'catalogs');
  const cache = new CatalogCache(servers, { folder, onStale: () => {} });
  const unasked = () =>
    Promise.reject(new SandboxError('SERVER_UNAVAILABLE', 'No server is asked.'));
  const kept = await Promise.allSettled(servers.map(({ id }) => cache.get(id, unasked)));
  return kept.flatMap((one) => {
    if (one.status === 'rejected') return [];
    const { server, tools } = one.value;
    return tools.map(({ name, description, title }) => ({
      value: `${server}.${name}`,
      about: (description ?? title ?? '').trim().split('\n', 1)[0] as string,
    }));
  });
}

/** Of which runs a command can do something with. */
const statuses: Readonly<Record<string, readonly RunStatus[]>> = {
  'run approve': ['suspended'],
  'run refuse': ['suspended'],
  'run resume': ['suspended', 'lost'],
  'run cancel': ['running', 'suspended', 'lost'],
};

async function runsOf(before: readonly string[]): Promise<readonly Candidate[]> {
  const { openRecordedRuns, runsFile } = await import('../runs/open-runs.ts');
  const { shortId } = await import('../runs/find-run.ts');
  const { ago } = await import('../runs/run-table.ts');
  const file = await runsFile();
  if (file === undefined || !isFile(file)) return [];
  await using runs = await openRecordedRuns();
  const status = statuses[before.slice(0, 2).join(' ')];
  const found = runs.list({ limit: mostRuns, ...(status && { status }) });
  const listed = found.map((run) => ({
    value: shortId(run.runId),
    about: `${run.status}, ${ago(run.createdAt)}, ${run.name}`,
  }));
  const last = { value: 'last', about: 'the newest run' };
  return status === undefined && listed.length > 0 ? [...listed, last] : listed;
}
