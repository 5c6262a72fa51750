import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SandboxError } from '@org/core';
import { describe, expect, test } from 'vitest';
import { blockBytes, decodeSnapshot, encodeSnapshot, type Snapshot } from '../src/snapshot.ts';

const engine = { digest: 'ab'.repeat(32), memoryBytes: 131_072, globals: 2 };
const MiB = 1024 * 1024;

const snapshot: Snapshot = {
  state: {
    pages: 3,
    globals: [-5n, 2n ** 40n],
    blocks: Uint32Array.of(0, 7, 47),
    delta: new Uint8Array(3 * blockBytes).map((_, index) => (index * 31) % 7),
  },
  notes: { name: 'ü.ts', list: [1, null] },
};
const encoded = encodeSnapshot(snapshot, engine.digest);

function refusal(bytes: Uint8Array, maxMemoryBytes = MiB): string {
  try {
    decodeSnapshot(bytes, engine, maxMemoryBytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SandboxError);
    expect((error as SandboxError).code).toBe('SNAPSHOT_REFUSED');
    return (error as SandboxError).message;
  }
  throw new Error('It was not refused.');
}

/** A snapshot with another body and a right checksum, as a forger would write it. */
function forged(change: (body: Buffer) => Uint8Array, length?: number): Uint8Array {
  const body = change(zstdDecompressSync(encoded.subarray(76)));
  const head = Buffer.from(encoded.subarray(0, 76));
  head.writeUInt32LE(length ?? body.length, 72);
  const bytes = Buffer.concat([head, zstdCompressSync(body)]);
  const sum = createHash('sha256').update(bytes.subarray(0, 40)).update(bytes.subarray(72));
  sum.digest().copy(bytes, 40);
  return bytes;
}

describe('decodeSnapshot()', () => {
  test('gives back what encodeSnapshot() was given', () => {
    expect(decodeSnapshot(encoded, engine, MiB)).toEqual(snapshot);
  });

  test('gives a delta whose words are aligned, wherever the bytes lie', () => {
    const shifted = Buffer.concat([Buffer.from([1]), encoded]).subarray(1);
    expect(decodeSnapshot(shifted, engine, MiB).state.delta.byteOffset % 4).toBe(0);
  });

  test('refuses every truncation', () => {
    for (let length = 0; length < encoded.length; length++) refusal(encoded.subarray(0, length));
  });

  test('refuses a flip of any bit', () => {
    for (let index = 0; index < encoded.length; index++) {
      const bytes = Uint8Array.from(encoded);
      bytes[index] = (bytes[index] as number) ^ (1 << (index % 8));
      refusal(bytes);
    }
  });

  test('refuses bytes added at the end', () => {
    refusal(Buffer.concat([encoded, Buffer.from([0])]));
  });

  test('refuses another engine, and names both', () => {
    const other = encodeSnapshot(snapshot, 'cd'.repeat(32));
    expect(refusal(other)).toContain('the engine cdcdcdcdcdcd…, this is abababababab…');
  });

  test('refuses another version and other bytes by what they are', () => {
    const version = Buffer.from(encoded);
    version[7] = 2;
    expect(refusal(version)).toContain('version 2');
    expect(refusal(Buffer.alloc(100))).toContain('not a snapshot');
  });

  test('refuses more memory than is allowed', () => {
    expect(refusal(encoded, 2 * 65_536)).toContain('196608 bytes of memory');
  });

  test('refuses forged lengths, though the checksum is right', () => {
    const notesBytes = Buffer.byteLength(JSON.stringify(snapshot.notes));
    const at = 4 + notesBytes;
    const with32 = (offset: number, value: number) =>
      forged((body) => {
        body.writeUInt32LE(value, offset);
        return body;
      });
    expect(refusal(with32(0, 0xffffffff))).toContain('ends too early');
    expect(refusal(with32(at, 0xffffffff))).toContain('memory is too large');
    expect(refusal(with32(at, 1))).toContain('out of order');
    expect(refusal(with32(at + 4, 0xffffffff))).toContain('ends too early');
    expect(refusal(with32(at + 24, 0xffffffff))).toContain('ends too early');
    expect(refusal(with32(at + 28, 8))).toContain('out of order');
    expect(refusal(with32(at + 28, 0xffffffff))).toContain('out of order');
    expect(refusal(forged((body) => body.subarray(0, -1)))).toContain('ends too early');
    expect(refusal(forged((body) => Buffer.concat([body, body])))).toContain('more bytes');
    expect(refusal(forged((body) => body, 5))).toContain('cannot be unpacked');
    expect(refusal(forged((body) => body, 0xffffffff))).toContain('larger than the memory');
    expect(refusal(forged((body) => body.fill(0x7b, 4, 5 + notesBytes)))).toContain('not JSON');
  });

  test('refuses the state of an engine with other globals or less memory', () => {
    const { state, notes } = snapshot;
    const fewer = encodeSnapshot({ state: { ...state, globals: [1n] }, notes }, engine.digest);
    expect(refusal(fewer)).toContain('the shape of the engine');
    const none = { ...state, pages: 1, blocks: new Uint32Array(0), delta: new Uint8Array(0) };
    expect(refusal(encodeSnapshot({ state: none, notes }, engine.digest))).toContain('the shape');
  });

  test('does not unpack a bomb', () => {
    const bomb = forged(() => Buffer.alloc(80 * MiB));
    expect(refusal(bomb)).toContain('larger than the memory');
  });
});
