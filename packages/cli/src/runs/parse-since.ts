import { SandboxError } from '@org/core';

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * `30m`, `2h`, `3d`, `1w` before now, or a date such as `2026-11-20` or `2026-11-20T08:00Z`.
 * @param flag named in the error
 * @returns milliseconds since 1970
 * @throws SandboxError `USAGE`
 */
export function parseSince(flag: string, text: string, now = Date.now()): number {
  const [, amount, unit = ''] = /^(\d{1,6})([a-z])$/u.exec(text.trim().toLowerCase()) ?? [];
  if (amount !== undefined && Object.hasOwn(units, unit)) {
    return now - Number(amount) * (units[unit] as number);
  }
  const date = /^\d{4}-\d{2}-\d{2}/u.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  throw new SandboxError('USAGE', `--${flag} does not take ${JSON.stringify(text.slice(0, 60))}.`, {
    hint: 'Write it like 30m, 2h, 3d, 1w or 2026-11-20.',
  });
}
