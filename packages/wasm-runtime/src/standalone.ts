import { readFile } from 'node:fs/promises';
import { closeComponent } from './component.ts';
import { withState } from './core-module.ts';
import { type Engine, engineFile } from './engine.ts';
import { changedMemory, type EngineState } from './engine-state.ts';
import { pristineImage } from './pristine.ts';

/**
 * The engine in `state` as a component of its own: standard WebAssembly, of which any component
 * runtime can call `deliver` and `collect` (wit/agent.wit; src/wire.ts has the bytes). It imports
 * nothing and is metered, without limits until the host sets the globals of its core module.
 * @param section put at its end
 */
export async function standaloneComponent(
  engine: Engine,
  state: EngineState,
  section: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array> {
  const [module, before, after] = (await Promise.all(
    ['engine.wasm', 'component-before.bin', 'component-after.bin'].map((name) =>
      readFile(engineFile(name)),
    ),
  )) as [Buffer, Buffer, Buffer];
  const { pages, globals } = state;
  const fresh = () => new WebAssembly.Instance(engine.module).exports.memory as WebAssembly.Memory;
  const patches = changedMemory(state, pristineImage(engine.pristine, fresh));
  const parts = withState(module, { pages, globals, patches });
  return closeComponent({ before, after: Buffer.concat([after, section]) }, parts);
}
