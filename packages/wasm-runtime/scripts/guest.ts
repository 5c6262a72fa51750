/**
 * The guest before it is metered: the prelude is bundled, snapshotted into a component by
 * componentize-js, and taken apart by jco.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { componentize } from '@bytecodealliance/componentize-js';
import { transpile } from '@bytecodealliance/jco';
import { rolldown } from 'rolldown';
import { exposeGlobals } from '../src/core-module.ts';
import { answerStubs } from './answer-stubs.ts';
import { unicodeTables } from './unicode-tables.ts';

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

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

/** Builds the guest, which takes about 10 s: its component, and its core module with all globals exported. */
export async function buildGuest(): Promise<{
  readonly component: Uint8Array;
  readonly module: Uint8Array;
  /** How many globals it exports. */
  readonly globals: number;
}> {
  const component = await buildComponent(await bundlePrelude());
  // What the engine asks of a file system when a program calls import().
  const stubs = ['path_filestat_get', 'path_open'];
  return { component, ...exposeGlobals(answerStubs(await coreModule(component), stubs)) };
}
