import { loadEngine } from '@org/wasm-runtime';
import { MessageWriter } from '../packages/wasm-runtime/src/frames.ts';
import { inbound } from '../packages/wasm-runtime/src/wire.ts';
import { compare, median, quick } from './measure.ts';
import { Ours } from './ours.ts';
import { read, startMessage } from './ours-in-process.ts';
import { type Row, record, timing } from './record.ts';
import { StagedGuest, Stages } from './staged-guest.ts';
import { echoWorker } from './worker-echo.ts';

const calls = 2_000;
const rounds = quick ? 2 : 8;
const body = `for (let n = 0; n < ${calls}; n++) await tool({ n });`;

// In process: each part of a step, over many of them. The first rounds warm up.
const engine = await loadEngine();
let stages = new Stages();
for (let round = 0; round < rounds; round++) {
  if (round === rounds / 2) stages = new Stages();
  const guest = new StagedGuest(engine);
  let pending = read({ output: guest.step(startMessage(body)) } as never);
  for (let n = 0; n < calls; n++) {
    const call = pending.calls[0] as { id: number; params: string };
    stages.begin();
    const message = new MessageWriter()
      .frame(inbound.answer, call.id, call.params)
      .finish(Date.now());
    stages.end('write the message');
    const output = guest.step(message, stages);
    stages.begin();
    pending = read({ output } as never);
    stages.end('read the frames');
  }
}

const rows: Row[] = [];
const inProcess = 'in process';
let sum = 0;
for (const [stage, samples] of stages.samples) {
  rows.push(timing(stage, inProcess, samples));
  sum += median(samples);
}
rows.push(timing('all of it', inProcess, [sum]));

// A step that has nothing to do: what the crossings themselves take.
const bare = new Stages();
const idle = new StagedGuest(engine);
idle.step(startMessage('await new Promise(() => {})'));
for (let n = 0; n < calls * 2; n++)
  idle.step(new MessageWriter().finish(0), n < calls ? undefined : bare);
for (const [stage, samples] of bare.samples) {
  if (median(samples) > 0.001) rows.push(timing(stage, 'a step with nothing to do', samples));
}

// Through the worker: the whole call, and of that the way there and back.
const ours = await Ours.open({ toolCalls: calls });
const echo = await echoWorker();
const tool = async (params: string) => params;
const samples = await compare(
  {
    call: { run: () => ours.run(body, tool) },
    hop: {
      run: async () => {
        for (let n = 0; n < calls; n++) await echo.roundTrip();
      },
    },
  },
  { ms: 2_000 },
);
await Promise.all([ours.close(), echo.close()]);
const worker = 'through the worker';
const [call, hop] = [median(samples.call) / calls, median(samples.hop) / calls];
rows.push(timing('the step, as in process', worker, [sum]));
rows.push(timing('to the worker and back', worker, samples.hop, calls));
rows.push(timing("the rest: the run's own bookkeeping, the port", worker, [call - hop - sum]));
rows.push(timing('all of it', worker, samples.call, calls));
record('profile-call', 'Where does each microsecond of a sequential call go?', rows);
