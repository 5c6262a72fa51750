/** Builds engine/: the guest as one metered core module without imports, and what is known of it. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { VERSION as rolldownVersion } from 'rolldown';
import { openComponent } from '../src/component.ts';
import { loadEngine } from '../src/engine.ts';
import { meter } from '../src/metering/meter.ts';
import { magicByte, mailbox } from '../src/wire.ts';
import { globalNames } from './global-names.ts';
import { buildGuest } from './guest.ts';

const root = new URL('../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));

/** Where the mailbox lies in linear memory: its magic stands there exactly once. */
function mailboxAddress(memory: WebAssembly.Memory): number {
  const magic = Buffer.from(
    Array.from({ length: mailbox.magicBytes }, (_, index) => magicByte(index)),
  );
  const bytes = Buffer.from(memory.buffer);
  const address = bytes.indexOf(magic);
  if (address < 0 || bytes.indexOf(magic, address + 1) >= 0) {
    throw new Error('The mailbox is not exactly once in the engine.');
  }
  return address;
}

const started = performance.now();
const guest = await buildGuest();
const metered = meter(guest.module);
const { shell } = openComponent(guest.component);
const module = new WebAssembly.Module(metered as BufferSource);
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) {
  throw new Error(`The engine must import nothing, but imports ${JSON.stringify(imports)}.`);
}
const { memory } = new WebAssembly.Instance(module).exports as { memory: WebAssembly.Memory };

/** The code that decides what a bundle looks like, and the bundler's version. */
async function compilerDigest(): Promise<string> {
  const sum = createHash('sha256').update(rolldownVersion);
  for (const name of ['bundle', 'source-module']) {
    sum.update(await readFile(path(`src/${name}.ts`)));
  }
  return sum.digest('hex');
}

const description = {
  // SHA-256, because Node hashes it 40 times as fast as BLAKE3 in JavaScript.
  digest: createHash('sha256').update(metered).digest('hex'),
  compiler: await compilerDigest(),
  mailboxAddress: mailboxAddress(memory),
  memoryBytes: memory.buffer.byteLength,
  globals: guest.globals,
};

await rm(path('engine'), { recursive: true, force: true });
await mkdir(path('engine'), { recursive: true });
await writeFile(path('engine/engine.wasm'), metered);
await writeFile(path('engine/component-before.bin'), shell.before);
await writeFile(path('engine/component-after.bin'), shell.after);
const describe = (description: object) =>
  writeFile(path('engine/engine.json'), `${JSON.stringify(description, null, 2)}\n`);
await describe(description);
await describe({ ...description, names: globalNames(await loadEngine()) });
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`engine.wasm: ${(metered.length / 1e6).toFixed(1)} MB in ${seconds} s`, description);
