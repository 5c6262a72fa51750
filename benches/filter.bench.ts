import { createContentFilter } from '../packages/bridge/src/filter/content-filter.ts';
import { positives } from '../packages/bridge/test/filter-corpus.ts';
import { compare, median } from './measure.ts';
import { type Row, record } from './record.ts';

const bytes = 1_000_000;

/** JSON text of about a megabyte. */
function rows(make: (index: number) => unknown): string {
  const texts: string[] = [];
  for (let size = 0, index = 0; size < bytes; index++) {
    const text = JSON.stringify(make(index));
    texts.push(text);
    size += text.length + 1;
  }
  return `[${texts.join(',')}]`;
}

const words = 'the order was sent on monday and arrived two days later, as promised. '.split(' ');
const subjects: Readonly<Record<string, string>> = {
  'rows without anything to find': rows((index) => ({
    id: index,
    name: `item ${index}`,
    price: index / 100,
    at: '2026-11-21T10:11:12Z',
  })),
  'rows with an address and a phone number each': rows((index) => ({
    id: index,
    mail: `person${index % 1_000}@example.org`,
    phone: `+49 170 ${1_000_000 + (index % 1_000)}`,
    note: 'called back',
  })),
  'one text of prose': JSON.stringify(
    Array.from({ length: bytes / 6 }, (_, index) => words[(index * 7) % words.length]).join(' '),
  ),
  'base64 in one text': JSON.stringify(
    Buffer.alloc((bytes * 3) / 4, 'any bytes').toString('base64'),
  ),
  'the corpus': rows((index) => positives[index % positives.length]?.value),
  'hostile: begins of numbers': JSON.stringify('+1 '.repeat(bytes / 3)),
  'hostile: begins of addresses': JSON.stringify('a:1:'.repeat(bytes / 4)),
  'hostile: begins of keys': JSON.stringify('sk-'.repeat(bytes / 3)),
};

const filter = createContentFilter({ rules: new Map([['s', { outgoing: 'all' }]]) });
const results: Row[] = [];
for (const [name, json] of Object.entries(subjects)) {
  const runs = {
    ours: () => filter.forCall('s', 't')?.outgoing(json),
    other: () => JSON.stringify(JSON.parse(json)),
  };
  const taken = await compare(
    { ours: { run: runs.ours }, other: { run: runs.other } },
    { ms: 1_500, least: 10 },
  );
  for (const [subject, samples] of Object.entries(taken)) {
    const perSecond = (ms: number) => Number((json.length / 1e3 / ms).toPrecision(3));
    results.push({
      case: name,
      subject: subject === 'ours' ? 'ours' : 'JSON.parse and stringify',
      value: perSecond(median(samples)),
      unit: 'MB/s',
      least: perSecond(Math.min(...samples)),
      samples: samples.length,
    });
  }
}
record(
  'filter',
  'How fast is the content filter? Megabytes of JSON a second, more is better.',
  results,
);
