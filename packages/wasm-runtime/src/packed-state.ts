import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SandboxError } from '@org/core';
import { maxPages, pageBytes } from './bounds.ts';
import { blockBytes, type EngineState } from './engine-state.ts';

/**
 * The state of a resting guest as bytes, packed with Zstandard. Unpacked: size of memory in 64-KiB
 * pages (u32), number of globals (u32) and their values (i64), number of changed 4-KiB blocks (u32),
 * their indices ascending (u32), their contents XORed with the pristine engine's. All little-endian.
 */
export interface PackedState {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Length when unpacked. */
  readonly unpackedBytes: number;
}

/** Packs text or state: level 1, since more costs three times as long for a tenth of the size. */
export function pack(bytes: Uint8Array): Buffer<ArrayBuffer> {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/**
 * What `pack` was given, if it has `length` bytes.
 * @throws SandboxError `SNAPSHOT_REFUSED`
 */
export function unpack(bytes: Uint8Array, length: number): Buffer {
  let unpacked: Buffer;
  try {
    unpacked = zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) });
  } catch (cause) {
    return refuse('it cannot be unpacked', damaged, cause);
  }
  if (unpacked.length !== length) refuse('its length does not match', damaged);
  return unpacked;
}

/** A clear error about bytes that cannot be gone on with. */
export function refuse(why: string, hint: string, cause?: unknown): never {
  throw new SandboxError('SNAPSHOT_REFUSED', `The snapshot cannot be thawed: ${why}.`, {
    hint,
    cause,
  });
}

export const damaged = 'It was cut short or changed after it was written; use another copy.';

/** @param state of which nothing is kept */
export function packState({ pages, globals, blocks, delta }: EngineState): PackedState {
  const head = Buffer.alloc(12 + globals.length * 8);
  let at = head.writeUInt32LE(pages, 0);
  at = head.writeUInt32LE(globals.length, at);
  for (const value of globals) at = head.writeBigInt64LE(value, at);
  head.writeUInt32LE(blocks.length, at);
  const indices = Buffer.from(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const body = Buffer.concat([head, indices, delta]);
  return { bytes: new Uint8Array(pack(body)), unpackedBytes: body.length };
}

/**
 * The state again; every length is checked against what is there.
 * @throws SandboxError `SNAPSHOT_REFUSED`
 */
export function unpackState({ bytes, unpackedBytes }: PackedState): EngineState {
  const body = unpack(bytes, unpackedBytes);
  let at = 0;
  const take = (count: number): Buffer => {
    if (count > body.length - at) refuse('it ends too early', damaged);
    at += count;
    return body.subarray(at - count, at);
  };
  const u32 = (): number => take(4).readUInt32LE();
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
  return { pages, globals, blocks, delta };
}
