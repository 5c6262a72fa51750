/** The buffer at a fixed place in memory that outlives a trap; src/wire.ts describes it. */
import { mailbox as layout, magicByte } from '../src/wire.ts';
import {
  NativeArrayBuffer,
  NativeUint8Array,
  NativeUint32Array,
  setBytes,
  trap,
} from './intrinsics.ts';

// Made while the engine is being built, so it lies at the same address in every instance.
const buffer = new NativeArrayBuffer(layout.size);
const bytes = new NativeUint8Array(buffer);
// Fuel can run out between any two stores, so each number is written by one.
const words = new NativeUint32Array(buffer);
for (let index = 0; index < layout.magicBytes; index++) bytes[index] = magicByte(index);

/** Adds a log frame. False when there is no room left in this step. */
export function post(frame: Uint8Array, frameBytes: number): boolean {
  const before = words[layout.used / 4] as number;
  const after = before + frameBytes;
  if (layout.data + after > layout.size) return false;
  setBytes(bytes, frame, layout.data + before);
  words[layout.used / 4] = after;
  return true;
}

/** Ends the run at a limit that only the prelude can see: notes which one, then traps. */
export function endAtLimit(kind: number): never {
  words[layout.limit / 4] = kind;
  return trap();
}
