import type { ContentFilter } from '@org/core';
import type { ServerEntry } from '../server-entry.ts';
import { createContentFilter } from './content-filter.ts';

/** A filter for all servers as soon as one has rules: tokens of one can be passed to any other. */
export function configuredFilter(entries: readonly ServerEntry[]): ContentFilter | undefined {
  const rules = new Map(
    entries.flatMap(({ id, filter }) => (filter === undefined ? [] : [[id, filter] as const])),
  );
  return rules.size === 0 ? undefined : createContentFilter({ rules });
}
