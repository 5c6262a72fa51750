import { count, type LimitKind } from '@org/core';

/** `512 B`, `1.5 KiB`, `3.0 MiB` */
export function bytes(amount: number): string {
  if (amount < 1024) return `${amount} B`;
  if (amount < 1024 ** 2) return `${(amount / 1024).toFixed(1)} KiB`;
  return `${(amount / 1024 ** 2).toFixed(1)} MiB`;
}

/** `12 ms`, `3.4 s`, `5 min`, `2.5 h`, `4 d`: as long as a person would say it. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

/** `1.2 s`, `3:05 min`: of what still goes on. */
export function elapsed(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const whole = Math.floor(ms / 1_000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

/** An amount of what the limit is about, in its unit. */
export function amount(kind: LimitKind, allowed: number): string {
  switch (kind) {
    case 'wall':
      return `${count(allowed)} ms`;
    case 'memory':
    case 'output':
    case 'logs':
      return bytes(allowed);
    default:
      return count(allowed);
  }
}
