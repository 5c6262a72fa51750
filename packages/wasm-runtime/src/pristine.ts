/** The engine's memory as it is before any program: one copy for all threads of a process. */

const [empty, filling, filled] = [0, 1, 2];
const stateBytes = 8;

/** Made by the main thread, filled by the first thread that has an instance. Can be posted. */
export type SharedPristine = SharedArrayBuffer;

/** @param memoryBytes size of the engine's memory at its start */
export function createPristine(memoryBytes: number): SharedPristine {
  return new SharedArrayBuffer(stateBytes + memoryBytes);
}

/**
 * The pristine image; filled from the memory that `fresh` gives, which must not have run anything,
 * if nobody has yet. While another thread is filling it, which may die of that, a copy of one's own.
 */
export function pristineImage(
  shared: SharedPristine,
  fresh: () => { readonly buffer: ArrayBufferLike },
): Uint8Array {
  const state = new Int32Array(shared, 0, 1);
  const image = new Uint8Array(shared, stateBytes);
  const found = Atomics.compareExchange(state, 0, empty, filling);
  if (found === filled) return image;
  const own = new Uint8Array(fresh().buffer);
  if (found === filling) return own.slice();
  image.set(own);
  Atomics.store(state, 0, filled);
  return image;
}
