/** The buffer at a fixed place in memory that outlives a trap; src/wire.ts describes it. */
import { mailbox as layout, magicByte } from '../src/wire.ts';
import { NativeArrayBuffer, NativeUint8Array, setBytes, trap } from './intrinsics.ts';

// Made while the engine is being built, so it lies at the same address in every instance.
const bytes = new NativeUint8Array(new NativeArrayBuffer(layout.size));
for (let index = 0; index < layout.magicBytes; index++) bytes[index] = magicByte(index);

function used(): number {
  const at = layout.used;
  return (
    (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
  );
}

/** Adds a log frame. False when there is no room left in this step. */
export function post(frame: Uint8Array, frameBytes: number): boolean {
  const before = used();
  const after = before + frameBytes;
  if (layout.data + after > layout.size) return false;
  setBytes(bytes, frame, layout.data + before);
  bytes[layout.used] = after;
  bytes[layout.used + 1] = after >>> 8;
  bytes[layout.used + 2] = after >>> 16;
  return true;
}

/** Ends the run at a limit that only the prelude can see: notes which one, then traps. */
export function endAtLimit(kind: number): never {
  bytes[layout.limit] = kind;
  return trap();
}
