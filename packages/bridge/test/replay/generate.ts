// Writes calls.jsonl, the same one each time: node generate.ts
// Agents read few things often (a Zipf distribution), spell equal parameters differently, and write
// now and then to some servers.
import { writeFileSync } from 'node:fs';
import { seededRandom } from '../seeded-random.ts';

const calls = 2_000;

const random = seededRandom(20_261_121);

function zipf(count: number, exponent: number): () => number {
  const weights = Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let left = random() * total;
    return Math.max(
      0,
      weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      }),
    );
  };
}

const servers = [
  { server: 'docs', upTo: 0.4, key: zipf(80, 1.2), writes: 0 },
  { server: 'tickets', upTo: 0.75, key: zipf(60, 1.1), writes: 0.004 },
  { server: 'files', upTo: 1, key: zipf(25, 1.3), writes: 0.02 },
];

function pick() {
  const drawn = random();
  return servers.find(({ upTo }) => drawn < upTo);
}

const lines: string[] = [];
while (lines.length < calls) {
  const source = pick();
  if (source === undefined) continue;
  const key = `${source.server}-${source.key()}`;
  const { server } = source;
  if (random() < source.writes) {
    lines.push(
      JSON.stringify({ server, tool: 'set_item', params: { key, value: `${lines.length}` } }),
    );
    continue;
  }
  if (random() < 0.1) {
    lines.push(JSON.stringify({ server, tool: 'list_items', params: { key: 'all' } }));
    continue;
  }
  const filter = { state: 'open', page: 1 };
  const params =
    random() < 0.5
      ? { key, deep: filter }
      : { deep: { page: filter.page, state: filter.state }, key };
  lines.push(JSON.stringify({ server, tool: 'get_item', params }));
}
writeFileSync(new URL('calls.jsonl', import.meta.url), `${lines.join('\n')}\n`);
