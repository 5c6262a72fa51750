import { type Blobs, blobHandle } from '@org/core';
import { maxBlobBytes } from './blob-store.ts';
import { damaged, refuse } from './packed-state.ts';

/** Of a handle in ASCII. */
const handleBytes = 45;

/** Each blob: its handle, its length (u32, little-endian), its bytes. Images do not pack further. */
export function packBlobs(blobs: Blobs): Buffer {
  const parts = [...blobs].flatMap(([handle, bytes]) => {
    const head = Buffer.alloc(handleBytes + 4);
    head.write(handle, 'latin1');
    head.writeUInt32LE(bytes.length, handleBytes);
    return [head, bytes];
  });
  return Buffer.concat(parts);
}

/**
 * Copies of the blobs in `bytes`.
 * @throws SandboxError `SNAPSHOT_REFUSED`
 */
export function unpackBlobs(bytes: Buffer): Blobs {
  if (bytes.length > maxBlobBytes) refuse('its blobs are too large', 'Run the program again.');
  const blobs = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const dataAt = at + handleBytes + 4;
    const handle = bytes.toString('latin1', at, at + handleBytes);
    if (dataAt > bytes.length || !blobHandle.test(handle)) refuse('a blob is amiss', damaged);
    at = dataAt + bytes.readUInt32LE(at + handleBytes);
    if (at > bytes.length || blobs.has(handle)) refuse('a blob is amiss', damaged);
    blobs.set(handle, new Uint8Array(bytes.subarray(dataAt, at)));
  }
  return blobs;
}
