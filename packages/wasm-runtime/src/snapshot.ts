import { createHash, timingSafeEqual } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { isJsonObject, type JsonObject, SandboxError } from '@org/core';
import { maxPages, pageBytes } from './bounds.ts';

/**
 * The bytes of a frozen program.
 *
 * | offset | bytes | |
 * |---|---|---|
 * | 0 | 8 | `MCPSNAP` and the version, 1 |
 * | 8 | 32 | SHA-256 of the engine that it belongs to |
 * | 40 | 32 | SHA-256 of all other bytes |
 * | 72 | 4 | length of the body when unpacked |
 * | 76 | … | the body, packed with Zstandard |
 *
 * The body: length of the notes (u32) and the notes (JSON), size of memory in 64-KiB pages (u32),
 * number of globals (u32) and their values (i64), number of changed 4-KiB blocks (u32), their
 * indices ascending (u32), their contents XORed with the pristine engine's. All little-endian.
 */

/** Memory is compared and stored in blocks of this size. */
export const blockBytes = 4_096;

const magic = Buffer.from('MCPSNAP\u0001', 'latin1');
const digestAt = 8;
const checksumAt = 40;
const lengthAt = 72;
const headerBytes = 76;
const maxNotesBytes = 64 * 1024 * 1024;

/** What differs from the pristine engine. */
export interface EngineState {
  /** Size of linear memory in 64-KiB pages. */
  readonly pages: number;
  /** Values of the engine's own mutable globals, i32 or i64, in the order of their indices. */
  readonly globals: readonly bigint[];
  /** Indices of the blocks that differ, ascending. */
  readonly blocks: Uint32Array;
  /**
   * For each of them its content XOR the pristine one; beyond the pristine memory, as it is. Starts
   * at a multiple of 4 in its buffer.
   */
  readonly delta: Uint8Array;
}

/** A frozen program: the engine's state, and what the host has to know to go on. */
export interface Snapshot {
  readonly state: EngineState;
  readonly notes: JsonObject;
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256')
    .update(bytes.subarray(0, checksumAt))
    .update(bytes.subarray(lengthAt))
    .digest();
}

/** @param engineDigest SHA-256 of the engine, hex */
export function encodeSnapshot({ state, notes }: Snapshot, engineDigest: string): Uint8Array {
  const text = Buffer.from(JSON.stringify(notes));
  const fixed = Buffer.alloc(4 + 4 + 4 + state.globals.length * 8 + 4 + state.blocks.length * 4);
  let at = fixed.writeUInt32LE(state.pages, 0);
  at = fixed.writeUInt32LE(state.globals.length, at);
  for (const value of state.globals) at = fixed.writeBigInt64LE(value, at);
  at = fixed.writeUInt32LE(state.blocks.length, at);
  for (const block of state.blocks) at = fixed.writeUInt32LE(block, at);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  const body = Buffer.concat([size, text, fixed.subarray(0, at), state.delta]);
  const packed = zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });

  const bytes = Buffer.alloc(headerBytes + packed.length);
  magic.copy(bytes);
  Buffer.from(engineDigest, 'hex').copy(bytes, digestAt);
  bytes.writeUInt32LE(body.length, lengthAt);
  packed.copy(bytes, headerBytes);
  checksum(bytes).copy(bytes, checksumAt);
  return bytes;
}

function refuse(why: string, hint: string, cause?: unknown): never {
  throw new SandboxError('SNAPSHOT_REFUSED', `The snapshot cannot be thawed: ${why}.`, {
    hint,
    cause,
  });
}

const damaged = 'It was cut short or changed after it was written; use another copy.';

function parseNotes(text: string): JsonObject {
  let notes: unknown;
  try {
    notes = JSON.parse(text);
  } catch (cause) {
    return refuse('its notes are not JSON', damaged, cause);
  }
  return isJsonObject(notes) ? notes : refuse('its notes are amiss', damaged);
}

/** Reads the body; every length is checked against what is there. */
function decodeBody(body: Buffer): Snapshot {
  let at = 0;
  const u32 = (): number => {
    if (at + 4 > body.length) refuse('it ends too early', damaged);
    at += 4;
    return body.readUInt32LE(at - 4);
  };
  const take = (count: number): Buffer => {
    if (count > body.length - at) refuse('it ends too early', damaged);
    at += count;
    return body.subarray(at - count, at);
  };
  const notes = parseNotes(take(u32()).toString());
  const pages = u32();
  if (pages > maxPages) refuse('its memory is too large', damaged);
  const globalBytes = take(u32() * 8);
  const globals = Array.from({ length: globalBytes.length / 8 }, (_, index) =>
    globalBytes.readBigInt64LE(index * 8),
  );
  const count = u32();
  const indices = take(count * 4);
  const blocks = Uint32Array.from({ length: count }, (_, index) => indices.readUInt32LE(index * 4));
  const most = pages * (pageBytes / blockBytes);
  for (let index = 0; index < count; index++) {
    const block = blocks[index] as number;
    const before = index === 0 ? -1 : (blocks[index - 1] as number);
    if (block <= before || block >= most) refuse('its blocks are out of order', damaged);
  }
  // A copy, so that it starts at a multiple of 4.
  const delta = new Uint8Array(take(count * blockBytes));
  if (at !== body.length) refuse('it has more bytes than it names', damaged);
  return { state: { pages, globals, blocks, delta }, notes };
}

/** What a snapshot must fit: the engine that shall run it. */
export interface SnapshotEngine {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly memoryBytes: number;
  readonly globals: number;
}

/**
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
  if (!timingSafeEqual(checksum(buffer), buffer.subarray(checksumAt, lengthAt))) {
    refuse('its checksum does not match', damaged);
  }
  const digest = buffer.subarray(digestAt, checksumAt).toString('hex');
  if (digest !== engine.digest) {
    refuse(
      `it belongs to the engine ${digest.slice(0, 12)}…, this is ${engine.digest.slice(0, 12)}…`,
      'Thaw it with the version of @org/wasm-runtime that froze it, or run the program again.',
    );
  }
  const length = buffer.readUInt32LE(lengthAt);
  // Blocks with their indices take 4,100 bytes for each 4,096 of memory.
  if (length > maxMemoryBytes * 1.01 + maxNotesBytes) {
    refuse('it is larger than the memory that it may have', 'Allow more memory.');
  }
  let body: Buffer;
  try {
    body = zstdDecompressSync(buffer.subarray(headerBytes), {
      maxOutputLength: Math.max(1, length),
    });
  } catch (cause) {
    return refuse('it cannot be unpacked', damaged, cause);
  }
  if (body.length !== length) refuse('its length does not match', damaged);
  const snapshot = decodeBody(body);
  const { pages, globals } = snapshot.state;
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
  return snapshot;
}
