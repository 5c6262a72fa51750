import type { CatalogSource, JsonObject, Rejected, ServerOffer } from '@org/core';
import { claimedName } from './definition.ts';
import { outOfBounds } from './json-bounds.ts';
import { listEntries } from './list-entries.ts';
import { parsePrompt, parseResource, parseResourceTemplate } from './offer-definition.ts';
import type { Parsed } from './schema.ts';
import { printableName } from './text.ts';

export interface OfferOptions {
  /** Entries of each list over all pages, bad ones included. Default 10,000. */
  readonly maxEntries?: number;
  /** Of each list. Default 1,000. */
  readonly maxPages?: number;
}

const capabilityBounds = { depth: 16, nodes: 1_000, bytes: 64 * 1024 };

/**
 * Reads what a connected server offers besides tools: resources, templates and prompts with all
 * their pages, each sorted (code units), text without invisible characters. One bad definition costs
 * only itself: it is in `rejected`. Of two with one key the first counts. Apart from `introspect`,
 * because calling tools needs none of it.
 * @throws SandboxError `SERVER_UNAVAILABLE`: a list cannot be read, or it is malformed, endless or
 * over `options`
 */
export async function introspectOffer(
  source: CatalogSource,
  { maxEntries = 10_000, maxPages = 1_000 }: OfferOptions = {},
): Promise<ServerOffer> {
  const rejected: Rejected[] = [];
  const read = async <List extends Rejected['list'], Definition>(
    list: List,
    key: string & keyof Definition,
    parse: (raw: unknown) => Parsed<Definition>,
  ): Promise<Definition[]> => {
    const found = new Map<string, Definition>();
    const entries = await listEntries(source, list, { maxEntries, maxPages });
    for (const [index, entry] of entries.entries()) {
      const parsed = parse(entry);
      const id = 'value' in parsed ? (parsed.value[key] as string) : '';
      if ('value' in parsed && !found.has(id)) {
        found.set(id, parsed.value);
        continue;
      }
      const name = claimedName(entry, key);
      rejected.push({
        list,
        name: name === undefined ? `(entry ${index + 1} of the list)` : printableName(name),
        reason: 'refused' in parsed ? parsed.refused : `The server lists this ${key} twice.`,
      });
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, definition]) => definition);
  };
  return {
    resources: await read('resources', 'uri', parseResource),
    resourceTemplates: await read('resourceTemplates', 'uriTemplate', parseResourceTemplate),
    prompts: await read('prompts', 'name', parsePrompt),
    capabilities: capabilitiesOf(source),
    rejected,
  };
}

/** Nothing where they are out of bounds: they decide nothing here. */
function capabilitiesOf({ capabilities }: CatalogSource): JsonObject {
  if (outOfBounds(capabilities, capabilityBounds) !== undefined) return {};
  return JSON.parse(JSON.stringify(capabilities)) as JsonObject;
}
