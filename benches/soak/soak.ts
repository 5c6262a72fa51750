/**
 * `node benches/soak/soak.ts [--minutes 60] [--clients 8] [--pause 200]`: clients of several tokens
 * use one `mcp-cli serve --http` for so long; each looks whether what it gets is right. Records how the
 * process has grown since it was warm, into results/soak.json.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../packages/bridge/test/seeded-random.ts';
import { type Row, record, size } from '../record.ts';
import { addToken, type Sample, Service } from './service.ts';
import { type Tally, Visitor } from './visitor.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    clients: { type: 'string', default: '8' },
    pause: { type: 'string', default: '200' },
  },
});
const [minutes, clients, pauseMs] = [values.minutes, values.clients, values.pause].map(Number) as [
  number,
  number,
  number,
];
const tokens = 4;
const sampleMs = 5_000;

const folder = mkdtempSync(path.join(tmpdir(), 'soak-'));
const names = Array.from({ length: tokens }, (_, index) => `token-${index}`);
const texts = names.map((name) => addToken(folder, name));
const service = await Service.start(folder);
const until = performance.now() + minutes * 60_000;
const tally: Tally = { done: new Map(), wrong: [] };
const samples: Sample[] = [];

const isOver = () => performance.now() > until || service.ended;
const visits = Array.from({ length: clients }, async (_, index) => {
  const next = seededRandom(index + 1);
  const token = texts[index % tokens] as string;
  const visitor = new Visitor(`client-${index}`, service.url, token, tally, next);
  while (!isOver()) {
    await visitor.visit();
    await pause(pauseMs * next() * 2);
  }
  await visitor.leave();
});
const sampling = (async () => {
  while (!isOver()) {
    samples.push(service.sample());
    await pause(sampleMs);
  }
})();
await Promise.all([...visits, sampling]);
const crashed = service.ended;
const code = crashed ? null : await service.end();
rmSync(folder, { recursive: true, force: true });

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
/** The service is warm after a quarter of the time; each part is compared by its median. */
const part = (from: number, to: number) =>
  samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
const [warm, last] = [part(0.25, 0.4), part(0.85, 1)];
const of = (name: 'rssBytes' | 'handles' | 'threads') => (from: readonly Sample[]) =>
  median(from.map((one) => one[name]));
const rss = of('rssBytes');
const [before, after] = [rss(warm), rss(last)];
const text = (name: string, words: string | number): Row => ({
  case: name,
  subject: 'ours',
  text: String(words),
});
const total = [...tally.done.values()].reduce((sum, one) => sum + one, 0);
record('soak', 'Does a service that is used for long grow, or get anything wrong?', [
  text('minutes', minutes),
  text('clients of tokens', `${clients} of ${tokens}`),
  text('things done', total),
  text('of these', [...tally.done].map(([name, count]) => `${count} ${name}`).join(', ')),
  text('wrong', tally.wrong.length),
  text('warnings and errors logged', service.errors.length),
  text('ended', crashed ? 'by itself' : `when it was told to, with ${code}`),
  size('memory (RSS) when warm', 'ours', before, 'MB'),
  size('memory (RSS) at the end', 'ours', after, 'MB'),
  {
    case: 'growth',
    subject: 'ours',
    value: Number(((after / before - 1) * 100).toFixed(1)),
    unit: '%',
  },
  text('handles when warm, at the end', `${of('handles')(warm)}, ${of('handles')(last)}`),
  text('threads when warm, at the end', `${of('threads')(warm)}, ${of('threads')(last)}`),
]);
for (const line of [...tally.wrong.slice(0, 20), ...service.errors.slice(0, 20)])
  console.error(line);
process.exitCode = tally.wrong.length > 0 || crashed ? 1 : 0;
