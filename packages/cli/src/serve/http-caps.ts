import { SandboxError } from '@org/core';
import type { HttpCaps } from '@org/server/http';
import { parseBytes, parseCount, parseMilliseconds } from '../flag-values.ts';

/**
 * Caps as a user writes them: `bodyBytes=4MiB`, `requestMs=2m`, `requests=100`. Of two of one name
 * the last one counts. Whether there are such caps is for who takes them to say.
 * @throws SandboxError `USAGE`
 */
export function parseHttpCaps(texts: readonly string[] = []): Partial<HttpCaps> {
  return Object.fromEntries(texts.map(parseCap));
}

function parseCap(text: string): readonly [string, number] {
  const [, name, value] = /^([A-Za-z]{1,64})=(.+)$/su.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new SandboxError('USAGE', `--http-cap does not take ${JSON.stringify(text)}.`, {
      hint: 'Write it like bodyBytes=4MiB, requestMs=2m or requests=100.',
    });
  }
  const flag = `http-cap ${name}`;
  if (name.endsWith('Bytes')) return [name, parseBytes(flag, value)];
  return [name, name.endsWith('Ms') ? parseMilliseconds(flag, value) : parseCount(flag, value)];
}
