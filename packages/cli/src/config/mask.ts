import type { Launch } from '@org/bridge';
import type { JsonValue } from '@org/core';
import type { ConfigPath } from './edit-config.ts';

/** What stands for a text that may be a secret. */
const hidden = '***';

/** A launch for a screen that others may see: arguments and addresses as `maskedValue` has them. */
export function maskedLaunch(launch: Launch): Launch {
  return launch.type === 'stdio'
    ? { ...launch, args: launch.args.map(maskedArgument) }
    : { ...launch, url: maskedUrl(launch.url) };
}

/** What of a server's entry is no secret, beside names of variables and headers. */
const shownFields = ['type', 'command', 'cwd', 'disabled', 'filter', 'fieldNames'];
const shownOAuth = ['clientId', 'scope', 'callbackPort'];

/**
 * A value of a configuration for a screen that others may see. Of servers, names of options, of
 * variables and of headers stay, the host of an address, and variables that are to be filled in.
 * @param at where in the file it is
 */
export function maskedValue(value: JsonValue, at: ConfigPath): JsonValue {
  if (Array.isArray(value)) return value.map((one) => maskedValue(one, at));
  if (typeof value === 'object' && value !== null) {
    const own = value as Readonly<Record<string, JsonValue>>;
    const entries = Object.entries(own).map(
      ([key, one]) => [key, maskedValue(one, [...at, key])] as const,
    );
    return Object.fromEntries(entries);
  }
  const [list, , field, member] = at;
  if (field === undefined || (list !== 'mcpServers' && list !== 'servers')) return value;
  if (typeof value === 'boolean' || value === null) return value;
  if (shownFields.includes(field)) return value;
  if (field === 'oauth' && member !== undefined && shownOAuth.includes(member)) return value;
  const text = String(value);
  if (field === 'args') return maskedArgument(text);
  return field === 'url' ? maskedUrl(text) : maskedText(text);
}

function maskedText(text: string): string {
  return /^\$\{[^}:]*\}$/u.test(text) ? text : hidden;
}

/** `-y`, `--token` and `--token=***`; in `-ppassword` the name of an option is not told from its value. */
function maskedArgument(text: string): string {
  if (/^(?:-\w|--[a-z][\w-]*)$/iu.test(text)) return text;
  const [, name, value] = /^(--[a-z][\w-]*=)(.+)$/isu.exec(text) ?? [];
  return name === undefined || value === undefined ? maskedText(text) : name + maskedText(value);
}

/** Without user, path and query, each of which servers take tokens in. */
function maskedUrl(text: string): string {
  const [, scheme, host, rest] = /^(https?:\/\/)(?:[^/?#]*@)?([^/?#@]*)(.*)$/isu.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return maskedText(text);
  return rest === '' || rest === '/'
    ? text.replace(/\/\/.*@/su, '//')
    : `${scheme}${host}/${hidden}`;
}
