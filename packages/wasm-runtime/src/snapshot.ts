import { createHash, timingSafeEqual } from 'node:crypto';
import { type Blobs, isJsonObject, type JsonObject } from '@org/core';
import { pageBytes } from './bounds.ts';
import { packBlobs, unpackBlobs } from './packed-blobs.ts';
import { damaged, type PackedState, pack, refuse, unpack, unpackState } from './packed-state.ts';

/**
 * The bytes of a frozen program. All integers are little-endian.
 *
 * | offset | bytes | |
 * |---|---|---|
 * | 0 | 8 | `MCPSNAP` and the version, 3 |
 * | 8 | 32 | SHA-256 of the engine that it belongs to |
 * | 40 | 32 | SHA-256 of all other bytes |
 * | 72 | 4 | length of the notes |
 * | 76 | 4 | length of the notes when unpacked |
 * | 80 | 4 | length of the state when unpacked |
 * | 84 | 4 | length of the blobs |
 * | 88 | … | the host's notes: JSON, packed with Zstandard |
 * | … | … | the blobs that the program was given handles of: see packed-blobs.ts |
 * | … | … | the engine's state: see packed-state.ts |
 */

const magic = Buffer.from('MCPSNAP\u0003', 'latin1');
const digestAt = 8;
const checksumAt = 40;
const lengthsAt = 72;
const headerBytes = 88;
const maxNotesBytes = 64 * 1024 * 1024;

/** A frozen program: the engine's state, and what the host has to know to go on. */
export interface Snapshot {
  readonly state: PackedState;
  readonly notes: JsonObject;
  readonly blobs: Blobs;
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256')
    .update(bytes.subarray(0, checksumAt))
    .update(bytes.subarray(lengthsAt))
    .digest();
}

/** @param engineDigest SHA-256 of the engine, hex */
export function encodeSnapshot(
  { state, notes, blobs }: Snapshot,
  engineDigest: string,
): Uint8Array {
  const text = Buffer.from(JSON.stringify(notes));
  const packedNotes = pack(text);
  const packedBlobs = packBlobs(blobs);
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  Buffer.from(engineDigest, 'hex').copy(header, digestAt);
  header.writeUInt32LE(packedNotes.length, lengthsAt);
  header.writeUInt32LE(text.length, lengthsAt + 4);
  header.writeUInt32LE(state.unpackedBytes, lengthsAt + 8);
  header.writeUInt32LE(packedBlobs.length, lengthsAt + 12);
  const bytes = Buffer.concat([header, packedNotes, packedBlobs, state.bytes]);
  checksum(bytes).copy(bytes, checksumAt);
  return bytes;
}

function parseNotes(text: string): JsonObject {
  let notes: unknown;
  try {
    notes = JSON.parse(text);
  } catch (cause) {
    return refuse('its notes are not JSON', damaged, cause);
  }
  return isJsonObject(notes) ? notes : refuse('its notes are amiss', damaged);
}

/** What a snapshot must fit: the engine that shall run it. */
export interface SnapshotEngine {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly memoryBytes: number;
  readonly globals: number;
}

/**
 * The snapshot in `bytes`, which is not kept. That its state can be unpacked is verified.
 * @param maxMemoryBytes what the program may have; a larger one is refused before it is unpacked
 * @throws SandboxError `SNAPSHOT_REFUSED`: another engine, another version, truncated, changed, or
 * lengths that do not fit
 */
export function decodeSnapshot(
  bytes: Uint8Array,
  engine: SnapshotEngine,
  maxMemoryBytes: number,
): Snapshot {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < headerBytes) refuse('it is too short', damaged);
  if (!buffer.subarray(0, 7).equals(magic.subarray(0, 7))) {
    refuse('these bytes are not a snapshot', 'Give the bytes that freezing a run returned.');
  }
  if (buffer[7] !== magic[7]) {
    refuse(`it has version ${buffer[7]}, this is version ${magic[7]}`, 'Run the program again.');
  }
  if (!timingSafeEqual(checksum(buffer), buffer.subarray(checksumAt, lengthsAt))) {
    refuse('its checksum does not match', damaged);
  }
  const digest = buffer.subarray(digestAt, checksumAt).toString('hex');
  if (digest !== engine.digest) {
    refuse(
      `it belongs to the engine ${digest.slice(0, 12)}…, this is ${engine.digest.slice(0, 12)}…`,
      'Thaw it with the version of @org/wasm-runtime that froze it, or run the program again.',
    );
  }
  const [packedNotes, notesBytes, stateBytes, blobsBytes] = [0, 4, 8, 12].map((offset) =>
    buffer.readUInt32LE(lengthsAt + offset),
  ) as [number, number, number, number];
  if (packedNotes + blobsBytes > buffer.length - headerBytes) refuse('it ends too early', damaged);
  // Blocks with their indices take 4,100 bytes for each 4,096 of memory.
  if (notesBytes > maxNotesBytes || stateBytes > maxMemoryBytes * 1.01 + 65_536) {
    refuse('it is larger than the memory that it may have', 'Allow more memory.');
  }
  const blobsAt = headerBytes + packedNotes;
  const stateAt = blobsAt + blobsBytes;
  const notes = parseNotes(unpack(buffer.subarray(headerBytes, blobsAt), notesBytes).toString());
  const blobs = unpackBlobs(buffer.subarray(blobsAt, stateAt));
  // A copy: what happens to the caller's bytes later is of no matter.
  const state = { bytes: new Uint8Array(buffer.subarray(stateAt)), unpackedBytes: stateBytes };
  const { pages, globals } = unpackState(state);
  const memoryBytes = pages * pageBytes;
  if (memoryBytes < engine.memoryBytes || globals.length !== engine.globals) {
    refuse('it does not have the shape of the engine', damaged);
  }
  if (memoryBytes > maxMemoryBytes) {
    refuse(
      `it has ${memoryBytes} bytes of memory, and ${maxMemoryBytes} are allowed`,
      'Allow more.',
    );
  }
  return { state, notes, blobs };
}
