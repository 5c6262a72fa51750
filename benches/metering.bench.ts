import { setFlagsFromString } from 'node:v8';
import { buildGuest } from '../packages/wasm-runtime/scripts/guest.ts';
import { meter } from '../packages/wasm-runtime/src/metering/meter.ts';
import { cpuPrograms } from './cpu-programs.ts';
import { quick } from './measure.ts';
import { startMessage } from './ours-in-process.ts';
import { type Row, record, timing } from './record.ts';

// As `loadEngine` does.
setFlagsFromString('--wasm-lazy-validation');

interface GuestExports {
  readonly memory: WebAssembly.Memory;
  cabi_realloc(pointer: number, oldSize: number, alignment: number, size: number): number;
  readonly 'org:agent/guest#deliver': (pointer: number, length: number) => number;
  readonly 'cabi_post_org:agent/guest#deliver': (result: number) => void;
}

/** A new instance with `message` in it, ready to run. */
function prepare(module: WebAssembly.Module, message: Uint8Array): () => void {
  const guest = new WebAssembly.Instance(module).exports as unknown as GuestExports;
  const pointer = guest.cabi_realloc(0, 0, 1, message.length);
  new Uint8Array(guest.memory.buffer).set(message, pointer);
  return () => {
    const result = guest['org:agent/guest#deliver'](pointer, message.length);
    guest['cabi_post_org:agent/guest#deliver'](result);
  };
}

/** Processor time that `run` takes in this thread, in milliseconds: a busy machine leaves it alone. */
function processorMs(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

const { module } = await buildGuest();
const engines = {
  unmetered: new WebAssembly.Module(module as BufferSource),
  metered: new WebAssembly.Module(meter(module) as BufferSource),
};
const [warmUp, rounds] = quick ? [1, 3] : [5, 30];

const rows: Row[] = [];
for (const { name, code } of cpuPrograms) {
  const message = startMessage(`${code}; return result;`);
  const taken = { unmetered: [] as number[], metered: [] as number[] };
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const engine of ['unmetered', 'metered'] as const) {
      const ms = processorMs(prepare(engines[engine], message));
      if (round >= warmUp) taken[engine].push(ms);
    }
  }
  const sum = (samples: readonly number[]) => samples.reduce((all, ms) => all + ms, 0);
  for (const [engine, samples] of Object.entries(taken)) rows.push(timing(name, engine, samples));
  const share = sum(taken.metered) / sum(taken.unmetered) - 1;
  const value = Number((share * 100).toFixed(1));
  rows.push({ case: name, subject: 'metering costs', value, unit: '%' });
}
record('metering', 'What does counting fuel cost, in processor time?', rows);
