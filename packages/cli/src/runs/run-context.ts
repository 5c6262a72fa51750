import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ServerConfig } from '@org/bridge';
import { canonicalJson, isJsonObject, type JsonValue } from '@org/core';
import type { RunRecord } from '@org/runs';
import { splitMount } from '../mount-flag.ts';
import type { LiveFlagValues } from './live-toolbox.ts';

/** Flags that hold for a run wherever it goes on, until they are given anew. */
const kept = ['allow', 'ask', 'deny', 'mount'] as const;

/** What the record keeps of the command that began a run, so that it goes on under the same rules. */
export interface RunContext {
  /** Absolute. */
  readonly folder: string;
  readonly config?: string;
  readonly flags: Readonly<Partial<Record<(typeof kept)[number], readonly string[]>>>;
  /** What each server was, by its name: a digest without secrets. */
  readonly servers: Readonly<Record<string, string>>;
}

export function runContext(flags: LiveFlagValues, config: ServerConfig): RunContext {
  const { config: file } = flags;
  const given = kept.flatMap((name) => {
    const value = name === 'mount' ? flags.mount?.map(absoluteMount) : flags[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    folder: process.cwd(),
    ...(file === undefined ? {} : { config: path.resolve(file) }),
    flags: Object.fromEntries(given),
    servers: digests(config),
  };
}

function absoluteMount(text: string): string {
  const { folder, name } = splitMount(text);
  return `${path.resolve(folder)}:${name}`;
}

function digests({ servers }: ServerConfig): Record<string, string> {
  return Object.fromEntries(
    servers.map(({ id, type, launch }) => {
      const parts = { type, launch } as unknown as JsonValue;
      return [id, createHash('sha256').update(canonicalJson(parts)).digest('hex')];
    }),
  );
}

/** The context of a run that a command began; undefined for one that something else began. */
export function contextOf({ context }: Pick<RunRecord, 'context'>): RunContext | undefined {
  if (!isJsonObject(context) || typeof context.folder !== 'string') return undefined;
  const { flags, servers } = context;
  return isJsonObject(flags) && isJsonObject(servers)
    ? (context as unknown as RunContext)
    : undefined;
}

/** The flags of a command that goes on with a run: what is not given anew is as it was. */
export function flagsFor(context: RunContext | undefined, flags: LiveFlagValues): LiveFlagValues {
  if (context === undefined) return flags;
  const before = Object.fromEntries(
    kept.map((name) => [name, flags[name] ?? textsOf(context.flags[name])]),
  );
  const config = flags.config ?? context.config;
  return { ...flags, ...before, config };
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((one) => typeof one === 'string') ? value : undefined;
}

/** What is not as it was when the run began, in sentences for a person. */
export function changesSince(
  context: RunContext | undefined,
  { journal }: Pick<RunRecord, 'journal'>,
  config: ServerConfig,
): string[] {
  if (context === undefined) return [];
  const now = digests(config);
  const used = journal.calls.flatMap(({ name, args }) =>
    name === 'callTool' ? [args[0] ?? ''] : [],
  );
  const servers = [...new Set(used)].flatMap((server) => {
    const [was, is] = [context.servers, now].map((all) =>
      Object.hasOwn(all, server) ? all[server] : undefined,
    );
    if (was === is) return [];
    return is === undefined
      ? [`The server ${server}, which the run has used, is not configured any more.`]
      : [`The configuration of the server ${server} has changed since the run began.`];
  });
  return context.folder === process.cwd()
    ? servers
    : [`The run began in ${context.folder}, and goes on in ${process.cwd()}.`, ...servers];
}
