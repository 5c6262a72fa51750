import { readFile } from 'node:fs/promises';
import { pageBytes } from './bounds.ts';
import { closeComponent } from './component.ts';
import { withState } from './core-module.ts';
import { type Engine, engineFile } from './engine.ts';
import { applyState, type EngineState } from './engine-state.ts';
import { pristineImage } from './pristine.ts';

/**
 * The engine in `state` as a component of its own: standard WebAssembly, of which any component
 * runtime can call `deliver` and `collect` (wit/agent.wit; src/wire.ts has the bytes). It imports
 * nothing and is metered, without limits until the host sets the globals of its core module.
 */
export async function standaloneComponent(engine: Engine, state: EngineState): Promise<Uint8Array> {
  const [module, before, after] = (await Promise.all(
    ['engine.wasm', 'component-before.bin', 'component-after.bin'].map((name) =>
      readFile(engineFile(name)),
    ),
  )) as [Buffer, Buffer, Buffer];
  const { memory } = new WebAssembly.Instance(engine.module).exports as {
    memory: WebAssembly.Memory;
  };
  const pristine = pristineImage(engine.pristine, memory);
  memory.grow(state.pages - memory.buffer.byteLength / pageBytes);
  const image = new Uint8Array(memory.buffer);
  applyState(state, image, pristine);
  return closeComponent({ before, after }, withState(module, image, state.globals));
}
