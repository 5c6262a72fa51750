import { BinaryReader, BinaryWriter } from './metering/binary.ts';

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

/** What a module's memory shall hold at its start, at `address`, instead of what its own data says. */
export interface MemoryPatch {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The data section with segments for `patches` added: later segments are written over earlier. */
function dataSection(content: BinaryReader, patches: readonly MemoryPatch[]): Uint8Array[] {
  const count = new BinaryWriter(8).u32(content.u32() + patches.length).view();
  const own = content.bytes.subarray(content.position, content.end);
  const segments = patches.flatMap(({ address, bytes }) => {
    const head = new BinaryWriter(24).byte(0).byte(i32Const);
    signedLeb(head, BigInt(address | 0));
    return [head.byte(end).u32(bytes.length).view(), bytes];
  });
  return [count, own, ...segments];
}

export interface ModuleState {
  /** Size of memory in 64-KiB pages. */
  readonly pages: number;
  /** Values of the mutable globals, in the order of their indices. */
  readonly globals: readonly bigint[];
  readonly patches: readonly MemoryPatch[];
}

/**
 * The core module `module`, starting in another state than the one it was built with.
 * @returns its bytes in parts; most of them are views of `module`
 * @throws MalformedModuleError when the module is not shaped like the engine
 */
export function withState(module: Uint8Array, state: ModuleState): Uint8Array[] {
  const reader = new BinaryReader(module);
  const parts = [module.subarray(0, 8)];
  reader.skip(8);
  for (const { id, content } of sections(reader)) {
    // Only instructions on passive segments need it, and the engine has none.
    if (id === coreSection.dataCount) continue;
    const section =
      id === coreSection.memory
        ? [memorySection(content, state.pages)]
        : id === coreSection.global
          ? [globalSection(content, state.globals)]
          : id === coreSection.data
            ? dataSection(content, state.patches)
            : [module.subarray(content.position, content.end)];
    const size = section.reduce((sum, part) => sum + part.length, 0);
    parts.push(new BinaryWriter(8).byte(id).u32(size).view(), ...section);
  }
  return parts;
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
