/** quickjs-emscripten with a new WASM instance for each run: fresh memory. */
import { newQuickJSWASMModule } from 'quickjs-emscripten';
import type { Subject } from '../subject.ts';
import { runInContext } from './quickjs-emscripten.ts';

export async function open(): Promise<Subject> {
  return {
    run: async (body, tool, bounds) =>
      runInContext(await newQuickJSWASMModule(), body, tool, bounds),
    close: async () => {},
  };
}
