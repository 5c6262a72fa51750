/** What does it cost to write a waiting program down, and to go on with it? */
import { createSandbox, Instance, loadEngine } from '@org/wasm-runtime';
import { expect, test } from 'vitest';
import { record } from './record.ts';

const waiting = `
const map = new Map();
const list = [];
for (let n = 0; n < 1000; n++) list.push({ n, text: 'item ' + n });
const count = () => map.size + list.length;
await sleep(1e9);
return count();`;

test('freeze, thaw, fork, compile', { timeout: 600_000 }, async ({ bench }) => {
  await using sandbox = await createSandbox();
  const engine = await loadEngine();
  const program = await sandbox.compile(waiting);
  const snapshot = await (await sandbox.start(program)).freeze();
  expect(snapshot.length).toBeLessThan(130_000);
  const instance = new Instance(engine);
  let round = 0;

  const subjects = {
    'a new instance': () => void new Instance(engine),
    'reset of an instance that ran nothing': () => void instance.reset(),
    'start and freeze a waiting program': async () => {
      await (await sandbox.start(program)).freeze();
    },
    'thaw and freeze again': async () => {
      await (await sandbox.thaw(snapshot)).freeze();
    },
    'fork five ways and freeze each again': async () => {
      const runs = await sandbox.fork(snapshot, 5);
      await Promise.all(runs.map((run) => run.freeze()));
    },
    'compile, not seen before': () => sandbox.compile(`${waiting} // ${round++}`),
    'compile, cached': () => sandbox.compile(waiting),
  };
  const [first, second, ...others] = Object.entries(subjects).map(([name, run]) =>
    bench(name, async () => void (await run())),
  );
  if (first === undefined || second === undefined) return;
  const results = await bench.compare(first, second, ...others, { time: 2_000 });
  record('freeze', results, Object.keys(subjects));
});
