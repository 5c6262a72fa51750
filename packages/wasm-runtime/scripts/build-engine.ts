/**
 * Builds engine/: the guest as one metered core module without imports, and what is known of it.
 * The prelude is bundled, snapshotted into a component by componentize-js, taken apart by jco, and
 * its core module is metered.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { componentize } from '@bytecodealliance/componentize-js';
import { transpile } from '@bytecodealliance/jco';
import { rolldown, VERSION as rolldownVersion } from 'rolldown';
import { openComponent } from '../src/component.ts';
import { exposeGlobals } from '../src/core-module.ts';
import { loadEngine } from '../src/engine.ts';
import { meter } from '../src/metering/meter.ts';
import { magicByte, mailbox } from '../src/wire.ts';
import { answerStubs } from './answer-stubs.ts';
import { globalNames } from './global-names.ts';
import { unicodeTables } from './unicode-tables.ts';

const root = new URL('../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));

async function bundlePrelude(): Promise<string> {
  await using bundle = await rolldown({
    input: path('guest/prelude.ts'),
    platform: 'neutral',
    checks: { pluginTimings: false },
    plugins: [
      {
        name: 'unicode-tables',
        resolveId: (id) => (id === 'unicode-tables' ? id : undefined),
        load: (id) => (id === 'unicode-tables' ? unicodeTables() : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', comments: false });
  return output[0].code;
}

async function buildComponent(source: string): Promise<Uint8Array> {
  // The text of the WIT file, not its path: componentize-js opens paths in a WASI sandbox that does
  // not see every folder.
  const wit = await readFile(path('wit/agent.wit'), 'utf8');
  const { component } = await componentize(source, wit, {
    worldName: 'agent',
    // @ts-expect-error The declared options lack it, and demand a file for the source.
    sourceName: 'prelude.js',
    disableFeatures: ['stdio', 'random', 'clocks', 'http', 'fetch-event'],
  });
  return component;
}

/** The one core module in `component`, as jco finds it. */
async function coreModule(component: Uint8Array): Promise<Uint8Array> {
  const { files } = await transpile(component, { name: 'agent', instantiation: 'sync' });
  const modules = Object.entries(files).filter(([name]) => name.endsWith('.wasm'));
  const [only, ...others] = modules;
  if (only === undefined || others.length > 0) {
    throw new Error(`The component has ${modules.length} core modules instead of 1.`);
  }
  return only[1];
}

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
const component = await buildComponent(await bundlePrelude());
// What the engine asks of a file system when a program calls import().
const answering = answerStubs(await coreModule(component), ['path_filestat_get', 'path_open']);
const exposed = exposeGlobals(answering);
const metered = meter(exposed.module);
const { shell } = openComponent(component);
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
  globals: exposed.globals,
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
