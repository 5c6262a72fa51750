import { SandboxError } from '@org/core';
import type { ConfigPath } from './edit-config.ts';

/** What `parseConfigKey` reads as this path. */
export function configKeyOf(at: ConfigPath): string {
  const parts = at.map((name) =>
    /[.[\]"]|^$/u.test(name) ? `[${JSON.stringify(name)}]` : `.${name}`,
  );
  return parts.join('').replace(/^\./u, '');
}

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
