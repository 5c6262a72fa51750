import { pageBytes } from './bounds.ts';
import { BinaryReader, BinaryWriter } from './metering/binary.ts';

/** A run of zeros of this length ends a data segment: naming an address costs about 10 bytes. */
const zerosBetweenSegments = 32;

const coreSection = { memory: 5, global: 6, export: 7, data: 11, dataCount: 12 } as const;
const i32 = 0x7f;
const i64 = 0x7e;
const i32Const = 0x41;
const i64Const = 0x42;
const end = 0x0b;

interface Section {
  readonly id: number;
  readonly content: BinaryReader;
}

function* sections(reader: BinaryReader): Generator<Section> {
  while (!reader.done) yield { id: reader.byte(), content: reader.slice(reader.u32()) };
}

function signedLeb(writer: BinaryWriter, value: bigint): void {
  let rest = value;
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = rest === ((byte & 0x40) === 0 ? 0n : -1n);
    writer.byte(done ? byte : byte | 0x80);
    if (done) return;
  }
}

/** The memory section, with `pages` as the size to start with. */
function memorySection(content: BinaryReader, pages: number): Uint8Array {
  if (content.u32() !== 1) content.fail('the engine has one memory');
  const flags = content.byte();
  content.u32();
  const maximum = content.bytes.subarray(content.position, content.end);
  return new BinaryWriter().u32(1).byte(flags).u32(pages).raw(maximum).view();
}

/** Steps over one global of the engine, and says its type where it is part of the state. */
function readGlobal(content: BinaryReader): typeof i32 | typeof i64 | undefined {
  const [type, mutable, opcode] = [content.byte(), content.byte(), content.byte()];
  content.skipLeb(opcode === i32Const ? 32 : 64);
  if (content.byte() !== end) content.fail('the initial value is not a constant');
  return mutable === 1 && (type === i32 || type === i64) ? type : undefined;
}

/** The global section, with its first mutable globals set to `values`. */
function globalSection(content: BinaryReader, values: readonly bigint[]): Uint8Array {
  const writer = new BinaryWriter(256);
  const count = content.u32();
  writer.u32(count);
  let next = 0;
  for (let index = 0; index < count; index++) {
    const start = content.position;
    const type = readGlobal(content);
    const value = values[next];
    if (type === undefined || value === undefined) {
      writer.raw(content.bytes.subarray(start, content.position));
      continue;
    }
    writer
      .byte(type)
      .byte(1)
      .byte(type === i32 ? i32Const : i64Const);
    signedLeb(writer, value);
    writer.byte(end);
    next++;
  }
  return writer.view();
}

/** All of `memory` that is not zero, as active data segments. */
function dataSection(memory: Uint8Array): Uint8Array {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.byteLength >> 3);
  const wordsBetween = zerosBetweenSegments / 8;
  const segments: [start: number, end: number][] = [];
  let word = 0;
  while (word < words.length) {
    while (word < words.length && words[word] === 0n) word++;
    if (word === words.length) break;
    const start = word;
    let lastUsed = word;
    while (word < words.length && word - lastUsed <= wordsBetween) {
      if (words[word] !== 0n) lastUsed = word;
      word++;
    }
    segments.push([start * 8, (lastUsed + 1) * 8]);
  }
  const writer = new BinaryWriter(memory.length + segments.length * 12).u32(segments.length);
  for (const [from, to] of segments) {
    writer.byte(0).byte(i32Const);
    signedLeb(writer, BigInt(from | 0));
    writer.byte(end).sized(memory.subarray(from, to));
  }
  return writer.view();
}

/**
 * The core module `module`, starting in another state than the one it was built with.
 * @param memory all of linear memory; a whole number of pages
 * @param globals values of its mutable globals, in the order of their indices
 * @throws MalformedModuleError when the module is not shaped like the engine
 */
export function withState(
  module: Uint8Array,
  memory: Uint8Array,
  globals: readonly bigint[],
): Uint8Array {
  const reader = new BinaryReader(module);
  const writer = new BinaryWriter(module.length + memory.length);
  writer.raw(module.subarray(0, 8));
  reader.skip(8);
  for (const { id, content } of sections(reader)) {
    if (id === coreSection.dataCount) continue;
    writer.byte(id);
    if (id === coreSection.memory) writer.sized(memorySection(content, memory.length / pageBytes));
    else if (id === coreSection.global) writer.sized(globalSection(content, globals));
    else if (id === coreSection.data) writer.sized(dataSection(memory));
    else writer.sized(module.subarray(content.position, content.end));
  }
  return writer.view().slice();
}

/** Name under which `exposeGlobals` exports the `index`th of the engine's mutable globals. */
export const stateExport = (index: number): string => `state.${index}`;

/**
 * Exports every mutable global of `module`, so that its state can be read and set from outside.
 * Run before metering, whose own globals are no part of a program's state.
 * @returns the module, and how many globals it exports
 */
export function exposeGlobals(module: Uint8Array): { module: Uint8Array; globals: number } {
  const indices: number[] = [];
  const reader = new BinaryReader(module);
  const writer = new BinaryWriter(module.length + 1024);
  writer.raw(module.subarray(0, 8));
  reader.skip(8);
  for (const { id, content } of sections(reader)) {
    const bytes = module.subarray(content.position, content.end);
    writer.byte(id);
    if (id === coreSection.global) {
      const count = content.u32();
      for (let index = 0; index < count; index++) {
        if (readGlobal(content) !== undefined) indices.push(index);
      }
    }
    if (id !== coreSection.export) {
      writer.sized(bytes);
      continue;
    }
    const exports = new BinaryWriter(bytes.length + 256).u32(content.u32() + indices.length);
    exports.raw(module.subarray(content.position, content.end));
    for (const [position, index] of indices.entries()) {
      exports.name(stateExport(position)).byte(3).u32(index);
    }
    writer.sized(exports.view());
  }
  return { module: writer.view().slice(), globals: indices.length };
}
