import { readFile } from 'node:fs/promises';
import { type JsonValue, SandboxError } from '@org/core';

function usage(message: string, hint?: string, cause?: unknown): SandboxError {
  return new SandboxError('USAGE', message, { ...(hint === undefined ? {} : { hint }), cause });
}

function quantity(
  flag: string,
  text: string,
  units: Readonly<Record<string, number>>,
  example: string,
): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/iu.exec(text.trim());
  const factor = match === null ? undefined : units[(match[2] as string).toLowerCase()];
  if (match === null || factor === undefined) {
    throw usage(`--${flag} does not take ${JSON.stringify(text)}.`, `Write it like ${example}.`);
  }
  return Math.round(Number(match[1]) * factor);
}

const KiB = 1024;
const byteUnits = {
  '': 1,
  b: 1,
  k: KiB,
  kb: KiB,
  kib: KiB,
  m: KiB ** 2,
  mb: KiB ** 2,
  mib: KiB ** 2,
  g: KiB ** 3,
  gb: KiB ** 3,
  gib: KiB ** 3,
};

/** `64MiB`, `64mb` or a bare number of bytes; units are powers of 1,024. */
export function parseBytes(flag: string, text: string): number {
  return quantity(flag, text, byteUnits, '64MiB');
}

/** `500ms`, `30s`, `2m` or a bare number of milliseconds. */
export function parseMilliseconds(flag: string, text: string): number {
  return quantity(flag, text, { '': 1, ms: 1, s: 1_000, m: 60_000, min: 60_000 }, '30s or 500ms');
}

/** `5000000`, `5M`, `2G`: units of fuel. */
export function parseFuel(flag: string, text: string): number {
  return quantity(flag, text, { '': 1, k: 1e3, m: 1e6, g: 1e9 }, '500M or 500000000');
}

/**
 * The program's arguments: JSON, or `@file` for JSON in a file.
 * @throws SandboxError `USAGE` with the place of the mistake
 */
export async function parseArgs(text: string): Promise<JsonValue> {
  let json = text;
  if (text.startsWith('@')) {
    try {
      json = await readFile(text.slice(1), 'utf8');
    } catch (cause) {
      throw usage(`--args: cannot read the file ${text.slice(1)}.`, 'Correct its path.', cause);
    }
  }
  try {
    return JSON.parse(json);
  } catch (cause) {
    const { message } = cause as Error;
    throw usage(
      `--args is not JSON: ${message}.`,
      `Quote it for the shell, for example --args '{"query": "text"}', or use --args @file.json.`,
      cause,
    );
  }
}
