import { SandboxError } from '@org/core';
import type { ConfigPath } from './edit-config.ts';

/** `policy.deny`, or `mcpServers["my.server"].env` as names between quotes. @throws SandboxError `USAGE` */
export function parseConfigKey(text: string): ConfigPath {
  const parts = [...text.matchAll(/(?:^|\.)([^.[\]"]+)|\["((?:[^"\\]|\\.)*)"\]/gu)];
  const whole = parts.map(([all]) => all).join('');
  if (parts.length === 0 || whole !== text) {
    throw new SandboxError('USAGE', `${JSON.stringify(text)} is no key of a configuration.`, {
      hint: 'Write it like policy.deny, or mcpServers["my.server"].disabled.',
    });
  }
  return parts.map(([, plain, quoted]) => plain ?? (JSON.parse(`"${quoted}"`) as string));
}

/** Values of these may be secrets, and are shown as `***`. */
const secretHolders = ['env', 'headers', 'clientSecret', 'args'];

/**
 * A value for the screen: those of variables, headers and arguments are masked, and what is asked of a
 * URL; names of variables are not.
 */
export function masked(value: unknown, at: ConfigPath): unknown {
  const isSecret = at.some((key) => secretHolders.includes(key));
  if (typeof value === 'string') {
    if (isSecret) return /^\$\{[^}]*\}$/u.test(value) ? value : '***';
    return at.at(-1) === 'url' ? value.replace(/\?.*$/su, '?***') : value;
  }
  if (Array.isArray(value)) return value.map((one) => masked(one, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, masked(one, [...at, key])]),
  );
}
