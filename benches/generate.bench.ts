import { equal } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { generateServerFiles } from '@org/codegen';
import { parseServerId, type ServerCatalog } from '@org/core';
import { introspect } from '@org/introspector';
import { compare } from './measure.ts';
import { record, timing } from './record.ts';

/** The tools of real servers, as captured from their `tools/list`. */
const folder = new URL('../packages/codegen/test/fixtures/catalogs/', import.meta.url);
const real = readdirSync(folder).flatMap(
  (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).tools as { name: string }[],
);

/** `count` tools of the real ones, over and over, evenly spread over their servers. */
async function catalogOf(count: number): Promise<ServerCatalog> {
  const tools = Array.from({ length: count }, (_, index) => {
    const tool =
      real[Math.floor((index * real.length) / Math.min(count, real.length)) % real.length];
    return { ...tool, name: `${tool?.name}_${index}` };
  });
  const catalog = await introspect({
    server: parseServerId('real'),
    serverInfo: { name: 'real', version: '1' },
    protocolVersion: '2025-11-25',
    capabilities: {},
    listPage: async () => ({ items: tools }),
  });
  equal(catalog.tools.length, count);
  return catalog;
}

const counts = [10, 50, 1_000];
const subjects = await Promise.all(
  counts.map(async (count) => {
    const catalog = await catalogOf(count);
    const run = () => equal(generateServerFiles(catalog, 'real').size, count + 2);
    return [`${count} tools`, { run }] as const;
  }),
);
const samples = await compare(Object.fromEntries(subjects), { ms: 2_000 });
record(
  'generate',
  'How long does it take to write the wrappers of a server, warm?',
  Object.entries(samples).map(([name, of]) => timing(name, 'ours', of)),
);
