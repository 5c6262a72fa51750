import { setFlagsFromString } from 'node:v8';
import { buildGuest } from '../packages/wasm-runtime/scripts/guest.ts';
import { meter } from '../packages/wasm-runtime/src/metering/meter.ts';
import { cpuPrograms } from './cpu-programs.ts';
import { compare } from './measure.ts';
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

const { module } = await buildGuest();
const engines = {
  unmetered: new WebAssembly.Module(module as BufferSource),
  metered: new WebAssembly.Module(meter(module) as BufferSource),
};

const rows: Row[] = [];
for (const { name, code } of cpuPrograms) {
  const message = startMessage(`${code}; return result;`);
  const run = (start: () => void) => start();
  const samples = await compare(
    {
      unmetered: { prepare: () => prepare(engines.unmetered, message), run },
      metered: { prepare: () => prepare(engines.metered, message), run },
    },
    { ms: 2_000, least: 8 },
  );
  for (const [engine, taken] of Object.entries(samples)) rows.push(timing(name, engine, taken));
  // The fastest of each: what slows them otherwise is not the metering.
  const ratio = Math.min(...samples.metered) / Math.min(...samples.unmetered);
  rows.push({
    case: name,
    subject: 'metering costs',
    value: Number(((ratio - 1) * 100).toFixed(1)),
    unit: '%',
  });
}
record('metering', 'What does counting fuel cost?', rows);
