import type { Launch } from '@org/bridge';
import type { JsonValue } from '@org/core';
import type { ConfigPath } from './edit-config.ts';

/** What stands for a text that may be a secret. */
const hidden = '***';

/** A launch for a screen that others may see: arguments and addresses as `maskedValue` has them. */
export function maskedLaunch(launch: Launch): Launch {
  return launch.type === 'stdio'
    ? { ...launch, args: maskedArguments(launch.args, launch.command) }
    : { ...launch, url: maskedUrl(launch.url) };
}

/** What of a server's entry is no secret, beside names of variables and headers. */
const shownFields = ['type', 'command', 'cwd', 'disabled', 'filter', 'fieldNames'];
const shownOAuth = ['clientId', 'scope', 'callbackPort'];

/**
 * A value of a configuration for a screen that others may see. Of servers stay names of options, of
 * variables and of headers, arguments that are a package to run, a scoped one, a script or this folder, the
 * host of an address, and variables that are to be filled in.
 * @param at where in the file it is
 */
export function maskedValue(value: JsonValue, at: ConfigPath): JsonValue {
  const [list, , field, member] = at;
  const isServer = list === 'mcpServers' || list === 'servers';
  if (Array.isArray(value)) {
    if (isServer && field === 'args') return maskedArguments(value.map(String));
    return value.map((one) => maskedValue(one, at));
  }
  if (typeof value === 'object' && value !== null) {
    const own = value as Readonly<Record<string, JsonValue>>;
    const entries = Object.entries(own).map(([key, one]) => {
      const isArguments = isServer && at.length === 2 && key === 'args' && Array.isArray(one);
      const masked = isArguments
        ? maskedArguments(one.map(String), String(own.command))
        : maskedValue(one, [...at, key]);
      return [key, masked] as const;
    });
    return Object.fromEntries(entries);
  }
  if (field === undefined || !isServer) return value;
  if (typeof value === 'boolean' || value === null) return value;
  if (shownFields.includes(field)) return value;
  if (field === 'oauth' && member !== undefined && shownOAuth.includes(member)) return value;
  const text = String(value);
  return field === 'url' ? maskedUrl(text) : maskedText(text);
}

function maskedText(text: string): string {
  return /^\$\{[^}:]*\}$/u.test(text) ? text : hidden;
}

const option = /^(?:-\w|--[a-z][\w-]*)$/iu;
const harmless = /^(?:\.{1,2}|@[a-z\d-]+\/[a-z\d._-]+(?:@[\w.-]+)?|[\w@./-]+\.(?:[cm]?[jt]s|py))$/u;

/** What runs a package by its name, which is the first word after options that take none. */
const fetchers = /(?:^|\/)(?:npx|pnpx|bunx|uvx)(?:\.cmd)?$/u;
const bareOption = /^(?:-y|--yes|-q|--quiet)$/u;
const packageName = /^[a-z\d][\w.-]*(?:@[\w.-]+)?$/iu;

/** `-y`, `--token` and `--token=***`; in `-ppassword` the name of an option is not told from its value. */
function maskedArguments(args: readonly string[], command = ''): string[] {
  const fetched = fetchers.test(command) ? args.findIndex((text) => !bareOption.test(text)) : -1;
  return args.map((text, index) => {
    if (option.test(text) || (index === fetched && packageName.test(text))) return text;
    const [, name, value] = /^(--[a-z][\w-]*=)(.+)$/isu.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return name + maskedText(value);
    const isValue = args[index - 1]?.startsWith('--') ?? false;
    return harmless.test(text) && !isValue ? text : maskedText(text);
  });
}

/** Without user, path and query, each of which servers take tokens in. */
function maskedUrl(text: string): string {
  const [, scheme, host, rest] = /^(https?:\/\/)(?:[^/?#]*@)?([^/?#@]*)(.*)$/isu.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return maskedText(text);
  return rest === '' || rest === '/'
    ? text.replace(/\/\/.*@/su, '//')
    : `${scheme}${host}/${hidden}`;
}
