import type { ServerId } from '@org/core';

/** In a document of `--json`. */
export interface WithKept {
  /** Servers that were not asked, and when what the cache has of them was read: ISO 8601. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** @param readAt of each catalog that came from the disk */
export function keptCatalogs(readAt: ReadonlyMap<ServerId, Date>): WithKept {
  if (readAt.size === 0) return {};
  const entries = [...readAt].map(([server, date]) => [server, date.toISOString()] as const);
  return { kept: Object.fromEntries(entries) };
}
