import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SandboxError } from '@org/core';
import { describe, expect, test } from 'vitest';
import { blockBytes, type EngineState } from '../src/engine-state.ts';
import { packState, unpackState } from '../src/packed-state.ts';
import { decodeSnapshot, encodeSnapshot } from '../src/snapshot.ts';

const engine = { digest: 'ab'.repeat(32), memoryBytes: 131_072, globals: 2 };
const MiB = 1024 * 1024;

const state: EngineState = {
  pages: 3,
  globals: [-5n, 2n ** 40n],
  blocks: Uint32Array.of(0, 7, 47),
  delta: new Uint8Array(3 * blockBytes).map((_, index) => (index * 31) % 7),
};
const notes = { name: 'ü.ts', list: [1, null] };
const snapshotOf = (changed: Partial<EngineState> = {}): Uint8Array =>
  encodeSnapshot(
    { state: packState({ ...state, ...changed }), notes, blobs: new Map() },
    engine.digest,
  );
const encoded = snapshotOf();
const headerBytes = 88;

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

interface Forgery {
  /** Changes the packed notes' text. */
  readonly notes?: (text: Buffer) => Uint8Array;
  /** Changes the unpacked state. */
  readonly state?: (body: Buffer) => Uint8Array;
  /** Lengths that the header names, where they are not the real ones. */
  readonly lengths?: readonly (number | undefined)[];
}

/** A snapshot with other content and a right checksum, as a forger would write it. */
function forged(forgery: Forgery): Uint8Array {
  const notesEnd = headerBytes + Buffer.from(encoded).readUInt32LE(72);
  const text = zstdDecompressSync(encoded.subarray(headerBytes, notesEnd));
  const body = zstdDecompressSync(encoded.subarray(notesEnd));
  const [newText, newBody] = [forgery.notes?.(text) ?? text, forgery.state?.(body) ?? body];
  const packedText = zstdCompressSync(newText);
  const head = Buffer.from(encoded.subarray(0, headerBytes));
  const real = [packedText.length, newText.length, newBody.length];
  for (const [index, length] of real.entries()) {
    head.writeUInt32LE(forgery.lengths?.[index] ?? length, 72 + 4 * index);
  }
  const bytes = Buffer.concat([head, packedText, zstdCompressSync(newBody)]);
  const sum = createHash('sha256').update(bytes.subarray(0, 40)).update(bytes.subarray(72));
  sum.digest().copy(bytes, 40);
  return bytes;
}

describe('decodeSnapshot()', () => {
  test('gives back what encodeSnapshot() was given', () => {
    const decoded = decodeSnapshot(encoded, engine, MiB);
    expect(decoded.notes).toEqual(notes);
    expect(unpackState(decoded.state)).toEqual(state);
  });

  test('keeps nothing of the bytes that it was given', () => {
    const bytes = Uint8Array.from(encoded);
    const decoded = decodeSnapshot(bytes, engine, MiB);
    bytes.fill(0);
    expect(unpackState(decoded.state)).toEqual(state);
  });

  test('gives a delta whose words are aligned, wherever the bytes lie', () => {
    const shifted = Buffer.concat([Buffer.from([1]), encoded]).subarray(1);
    const { delta } = unpackState(decodeSnapshot(shifted, engine, MiB).state);
    expect(delta.byteOffset % 4).toBe(0);
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
    const other = encodeSnapshot(
      { state: packState(state), notes, blobs: new Map() },
      'cd'.repeat(32),
    );
    expect(refusal(other)).toContain('the engine cdcdcdcdcdcd…, this is abababababab…');
  });

  test('refuses another version and other bytes by what they are', () => {
    const version = Buffer.from(encoded);
    version[7] = 1;
    expect(refusal(version)).toContain('version 1');
    expect(refusal(Buffer.alloc(100))).toContain('not a snapshot');
  });

  test('refuses more memory than is allowed', () => {
    expect(refusal(encoded, 2 * 65_536)).toContain('196608 bytes of memory');
  });

  test('refuses forged lengths, though the checksum is right', () => {
    const with32 = (offset: number, value: number) =>
      forged({
        state: (body) => {
          body.writeUInt32LE(value, offset);
          return body;
        },
      });
    expect(refusal(with32(0, 0xffffffff))).toContain('memory is too large');
    expect(refusal(with32(0, 1))).toContain('out of order');
    expect(refusal(with32(4, 0xffffffff))).toContain('ends too early');
    expect(refusal(with32(24, 0xffffffff))).toContain('ends too early');
    expect(refusal(with32(28, 8))).toContain('out of order');
    expect(refusal(with32(28, 0xffffffff))).toContain('out of order');
    expect(refusal(forged({ state: (body) => body.subarray(0, -1) }))).toContain('ends too early');
    const twice = forged({ state: (body) => Buffer.concat([body, body]) });
    expect(refusal(twice)).toContain('more bytes');
    const lengths = (...values: (number | undefined)[]) => forged({ lengths: values });
    expect(refusal(lengths(0xffffffff))).toContain('ends too early');
    expect(refusal(lengths(5))).toContain('cannot be unpacked');
    expect(refusal(lengths(undefined, 5))).toContain('cannot be unpacked');
    expect(refusal(lengths(undefined, 5_000))).toContain('its length does not match');
    expect(refusal(lengths(undefined, 0xffffffff))).toContain('larger than the memory');
    expect(refusal(lengths(undefined, undefined, 5))).toContain('cannot be unpacked');
    expect(refusal(lengths(undefined, undefined, 0xffffffff))).toContain('larger than the memory');
    expect(refusal(forged({ notes: (text) => text.fill(0x7b) }))).toContain('not JSON');
    expect(refusal(forged({ notes: () => Buffer.from('[]') }))).toContain('notes are amiss');
  });

  test('refuses the state of an engine with other globals or less memory', () => {
    expect(refusal(snapshotOf({ globals: [1n] }))).toContain('the shape of the engine');
    const none = { pages: 1, blocks: new Uint32Array(0), delta: new Uint8Array(0) };
    expect(refusal(snapshotOf(none))).toContain('the shape of the engine');
  });

  test('does not unpack a bomb', () => {
    const bomb = Buffer.alloc(80 * MiB);
    expect(refusal(forged({ state: () => bomb }))).toContain('larger than the memory');
    expect(refusal(forged({ notes: () => bomb }))).toContain('larger than the memory');
    const lying = forged({ state: () => bomb, lengths: [undefined, undefined, MiB] });
    expect(refusal(lying)).toContain('cannot be unpacked');
  });
});
