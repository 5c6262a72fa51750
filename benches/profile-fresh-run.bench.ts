import { Instance, loadEngine } from '@org/wasm-runtime';
import { MessageWriter } from '../packages/wasm-runtime/src/frames.ts';
import { inbound } from '../packages/wasm-runtime/src/wire.ts';
import { compare, median, quick } from './measure.ts';
import { Ours } from './ours.ts';
import { read, startMessage } from './ours-in-process.ts';
import { type Row, record, timing } from './record.ts';
import { StagedGuest, Stages } from './staged-guest.ts';
import { echoWorker } from './worker-echo.ts';

const rounds = quick ? 40 : 400;
const body = 'return (await tool({ question: 1 })).answer';
const answer = '{"answer":42}';

// In process, in an instance that is reset ahead: each part of the two steps of a run.
const engine = await loadEngine();
const guest = new StagedGuest(engine);
const stages = new Stages();
for (let round = 0; round < rounds * 2; round++) {
  const timed = round < rounds ? new Stages() : stages;
  timed.begin();
  const message = startMessage(body);
  timed.end('write the start message');
  const begun = guest.step(message, timed, 'first step, ');
  timed.begin();
  const [call] = read({ output: begun } as never).calls;
  const next = new MessageWriter().frame(inbound.answer, call?.id ?? 0, answer).finish(Date.now());
  timed.end('read the call, write its answer');
  const ended = guest.step(next, timed, 'second step, ');
  timed.begin();
  if (read({ output: ended } as never).json !== '42')
    throw new Error('The run gave another result.');
  timed.end('read the result');
  guest.reset();
}

const rows: Row[] = [];
let sum = 0;
for (const [stage, samples] of stages.samples) {
  if (median(samples) > 0.001) rows.push(timing(stage, 'in process', samples));
  sum += median(samples);
}
rows.push(timing('all of it', 'in process', [sum]));

// Through the worker, when it is at rest before.
const ours = await Ours.open();
const echo = await echoWorker();
const used = new Instance(engine);
const samples = await compare(
  {
    run: { run: () => ours.run(body, async () => answer), restMs: 4 },
    hop: { run: () => echo.roundTrip(), restMs: 4 },
    reset: {
      prepare() {
        used.start({ fuel: 1e9, memoryBytes: 2 ** 27 });
        used.step(startMessage(body));
      },
      run: () => used.reset(),
    },
    instance: { run: () => new Instance(engine) },
  },
  { ms: 2_000 },
);
await Promise.all([ours.close(), echo.close()]);
const worker = 'through the worker';
const [run, hop] = [median(samples.run), median(samples.hop)];
rows.push(timing('the two steps, as in process', worker, [sum]));
rows.push(timing('to the worker and back, twice', worker, [hop * 2]));
rows.push(
  timing("the rest: the run's own bookkeeping, cold caches", worker, [run - sum - hop * 2]),
);
rows.push(timing('all of it', worker, samples.run));
rows.push(timing('reset of the instance, ahead of the next run', 'not in the way', samples.reset));
rows.push(timing('a new instance instead', 'not in the way', samples.instance));
record(
  'profile-fresh-run',
  'Where does each millisecond of a fresh run with a tool call go?',
  rows,
);
