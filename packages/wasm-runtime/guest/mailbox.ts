/** The buffer at a fixed place in memory that host and guest share; src/wire.ts describes it. */
import { mailbox as layout, magicByte } from '../src/wire.ts';
import { NativeArrayBuffer, NativeUint8Array, NativeUint32Array, trap } from './intrinsics.ts';

// Made while the engine is being built, so it lies at the same address in every instance.
export const buffer = new NativeArrayBuffer(layout.size);
const bytes = new NativeUint8Array(buffer);
// Fuel can run out between any two stores, so each number is written by one.
export const words = new NativeUint32Array(buffer);
for (let index = 0; index < layout.magicBytes; index++) bytes[index] = magicByte(index);

/** Ends the run at a limit that only the prelude can see: notes which one, then traps. */
export function endAtLimit(kind: number): never {
  words[layout.limit / 4] = kind;
  return trap();
}
