import { type JsonValue, SandboxError } from '@org/core';
import { readText } from './read-text.ts';

function usage(message: string, hint?: string, cause?: unknown): SandboxError {
  return new SandboxError('USAGE', message, { ...(hint === undefined ? {} : { hint }), cause });
}

interface Quantity {
  readonly units: Readonly<Record<string, number>>;
  readonly example: string;
  readonly most: number;
}

function quantity(flag: string, text: string, { units, example, most }: Quantity): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/iu.exec(text.trim());
  const unit = match?.[2]?.toLowerCase() ?? '';
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (match === null || factor === undefined) {
    throw usage(`--${flag} does not take ${JSON.stringify(text)}.`, `Write it like ${example}.`);
  }
  const amount = Math.round(Number(match[1]) * factor);
  if (amount >= 1 && amount <= most) return amount;
  throw usage(
    `--${flag} does not take ${JSON.stringify(text)}: it is too ${amount < 1 ? 'small' : 'large'}.`,
    `Write it like ${example}, from 1 to ${most}${unit === '' ? '' : ' without a unit'}.`,
  );
}

const maxCount = Number.MAX_SAFE_INTEGER;
/** The longest time that a Node timer can wait. */
const maxTimerMs = 2 ** 31 - 1;
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
  return quantity(flag, text, { units: byteUnits, example: '64MiB', most: maxCount });
}

/** A whole number from 1. */
export function parseCount(flag: string, text: string): number {
  return quantity(flag, text, { units: { '': 1 }, example: '100', most: maxCount });
}

/** `500ms`, `30s`, `2m` or a bare number of milliseconds. */
export function parseMilliseconds(flag: string, text: string): number {
  const units = { '': 1, ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };
  return quantity(flag, text, { units, example: '30s or 500ms', most: maxTimerMs });
}

/** `5000000`, `5M`, `2G`: units of fuel. */
export function parseFuel(flag: string, text: string): number {
  const units = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
  return quantity(flag, text, { units, example: '500M or 500000000', most: maxCount });
}

/**
 * The program's arguments: JSON, or `@file` for JSON in a file.
 * @throws SandboxError `USAGE` with the place of the mistake, or what `readText` throws
 */
export async function parseArgs(text: string): Promise<JsonValue> {
  const json = text.startsWith('@')
    ? await readText(text.slice(1), 'Correct the path after "@" in --args.')
    : text;
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
