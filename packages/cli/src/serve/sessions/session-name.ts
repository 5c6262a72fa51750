import { SandboxError } from '@org/core';

/** What a client calls a session: 1–64 of `[a-z0-9-]`. Means nothing without its principal. */
export type SessionName = string & { readonly __session: unique symbol };

/** @throws SandboxError `INVALID_NAME` */
export function parseSessionName(text: string): SessionName {
  if (/^[a-z0-9-]{1,64}$/u.test(text)) return text as SessionName;
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  throw new SandboxError('INVALID_NAME', `A session cannot be named ${shown}.`, {
    hint: 'A name has 1 to 64 characters: a to z, 0 to 9 and hyphens.',
  });
}
