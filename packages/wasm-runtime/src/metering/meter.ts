import { BinaryReader, BinaryWriter, MalformedModuleError } from './binary.ts';
import { type Insertions, meterBody } from './body.ts';
import { uncountedFunctions } from './call-graph.ts';
import { op, skipValueType } from './instructions.ts';

/** Exports that the rewriter adds; all are globals. */
export const meteringExports = {
  /** Mutable i64: units left. Below zero after the trap that ends a run out of fuel. */
  fuel: 'metering.fuel',
  /** Mutable i32 (i64 for a 64-bit memory): pages that memory 0 may grow to. */
  pageLimit: 'metering.page-limit',
  /** Mutable i32: 1 after the trap that ends a run at its page limit. */
  pageLimitHit: 'metering.page-limit-hit',
} as const;

const sectionId = { import: 2, memory: 5, global: 6, export: 7, code: 10 } as const;
/** The order in which sections stand (§5.5.2); custom sections (0) may stand anywhere. */
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

const valueType = { i32: 0x7f, i64: 0x7e } as const;
/** Bulk instructions cost one unit for each 64 bytes or elements that they touch. */
const bulkUnitShift = 6;

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

function readSections(bytes: Uint8Array): Section[] {
  const reader = new BinaryReader(bytes);
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  for (const expected of header) if (reader.byte() !== expected) reader.fail('not a core module');
  const sections: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    if (id !== 0 && !sectionOrder.includes(id)) reader.fail(`unknown section ${id}`);
    const { position, end } = reader.slice(reader.u32());
    sections.push({ id, content: bytes.subarray(position, end) });
  }
  return sections;
}

function skipLimits(reader: BinaryReader): { is64: boolean } {
  const flags = reader.byte();
  if (flags > 7) reader.fail(`unknown limits ${flags}`);
  reader.skipLeb(64);
  if (flags & 1) reader.skipLeb(64);
  return { is64: (flags & 4) !== 0 };
}

interface Imports {
  readonly functions: number;
  readonly globals: number;
  readonly memories: readonly { readonly is64: boolean }[];
}

function readImports(section: Section | undefined): Imports {
  let functions = 0;
  let globals = 0;
  const memories: { is64: boolean }[] = [];
  if (section === undefined) return { functions, globals, memories };
  const reader = new BinaryReader(section.content);
  for (let count = reader.u32(); count > 0; count--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === 0) {
      reader.u32();
      functions++;
    } else if (kind === 1) {
      skipValueType(reader);
      skipLimits(reader);
    } else if (kind === 2) memories.push(skipLimits(reader));
    else if (kind === 3) {
      skipValueType(reader);
      reader.byte();
      globals++;
    } else if (kind === 4) {
      reader.byte();
      reader.u32();
    } else reader.fail(`unknown import kind ${kind}`);
  }
  return { functions, globals, memories };
}

function vectorLength(section: Section | undefined): number {
  return section === undefined ? 0 : new BinaryReader(section.content).u32();
}

/** The vector in `section` with `added` more entries, whose bytes are `entries`. */
function appended(section: Section | undefined, added: number, entries: Uint8Array): Uint8Array {
  const reader = new BinaryReader(section?.content ?? new Uint8Array([0]));
  const count = reader.u32();
  return new BinaryWriter(reader.end + entries.length + 8)
    .u32(count + added)
    .raw(reader.bytes.subarray(reader.position))
    .raw(entries)
    .view();
}

/** The code to insert, if the first of the new globals is `firstGlobal`. */
function insertions(firstGlobal: number, is64: boolean): Insertions {
  const [fuel, limit, hit, operand, wideOperand] = [0, 1, 2, 3, 4].map((n) => firstGlobal + n) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const get = (index: number) => new BinaryWriter(8).byte(op.globalGet).u32(index).view();
  const set = (index: number) => new BinaryWriter(8).byte(op.globalSet).u32(index).view();
  const trapIf = [op.if, 0x40, op.unreachable, op.end];
  const trapIfEmpty = [...get(fuel), 0x42, 0, 0x53 /* i64.lt_s */, ...trapIf];
  const subtract = 0x7d; /* i64.sub */
  const delta = is64 ? wideOperand : operand;
  const greater = is64 ? 0x56 /* i64.gt_u */ : 0x4b; /* i32.gt_u */
  return {
    charge: Uint8Array.of(...get(fuel), 0x42, 1, subtract, ...set(fuel), ...trapIfEmpty),
    // size > limit || delta > limit - size: neither side can wrap, also below the initial size.
    guardGrow: Uint8Array.of(
      ...set(delta),
      ...[op.memorySize, 0],
      ...get(limit),
      greater,
      ...get(delta),
      ...get(limit),
      ...[op.memorySize, 0],
      is64 ? 0x7d /* i64.sub */ : 0x6b /* i32.sub */,
      greater,
      0x72 /* i32.or */,
      ...[op.if, 0x40, 0x41 /* i32.const */, 1, ...set(hit), op.unreachable, op.end],
      ...get(delta),
    ),
    chargeBulk: is64
      ? undefined
      : Uint8Array.of(
          ...set(operand),
          ...get(fuel),
          ...get(operand),
          0xad /* i64.extend_i32_u */,
          ...[0x42, bulkUnitShift, 0x88 /* i64.shr_u */],
          subtract,
          ...set(fuel),
          ...trapIfEmpty,
          ...get(operand),
        ),
  };
}

function meterCode(
  content: Uint8Array,
  inserted: Insertions,
  uncounted: readonly boolean[],
): Uint8Array {
  const reader = new BinaryReader(content);
  const writer = new BinaryWriter(Math.ceil(content.length * 1.1));
  writer.u32(reader.u32());
  for (const isUncounted of uncounted) {
    writer.sized(meterBody(reader.slice(reader.u32()), inserted, !isUncounted));
  }
  return writer.view();
}

/**
 * Rewrites a core module so that it counts its own work and cannot outgrow its page limit.
 *
 * One unit of fuel is taken at each branch back to the start of a loop, at each entry of a function
 * that can recur or is long (`uncountedFunctions`), and for each 64 bytes or elements of a bulk
 * instruction. Below zero the module traps; no code in it can catch that. A `memory.grow` of memory 0 past the page limit sets a flag and traps too, where
 * the original would have answered -1. All else behaves as before: no index changes.
 *
 * @throws MalformedModuleError for bytes that are no valid core module, an unknown instruction, or
 * growth of a memory other than the first
 */
export function meter(module: Uint8Array): Uint8Array {
  const sections = readSections(module);
  const find = (id: number) => sections.find((section) => section.id === id);
  const imports = readImports(find(sectionId.import));
  const memories = [...imports.memories];
  const memorySection = find(sectionId.memory);
  if (memorySection !== undefined) {
    const reader = new BinaryReader(memorySection.content);
    for (let count = reader.u32(); count > 0; count--) memories.push(skipLimits(reader));
  }
  const is64 = memories[0]?.is64 ?? false;
  const globals = find(sectionId.global);
  const firstGlobal = imports.globals + vectorLength(globals);

  const mutable = (type: number, ...value: number[]) => [type, 1, ...value, op.end];
  const allOnes = is64 ? [0x42, ...maxSigned64] : [0x41, 0x7f];
  const newGlobals = Uint8Array.of(
    ...mutable(valueType.i64, 0x42, ...maxSigned64),
    ...mutable(is64 ? valueType.i64 : valueType.i32, ...allOnes),
    ...mutable(valueType.i32, 0x41, 0),
    ...mutable(valueType.i32, 0x41, 0),
    ...mutable(valueType.i64, 0x42, 0),
  );
  const newExports = new BinaryWriter();
  for (const [offset, name] of Object.values(meteringExports).entries()) {
    newExports
      .name(name)
      .byte(3)
      .u32(firstGlobal + offset);
  }

  const rewritten = new Map<number, Uint8Array>([
    [sectionId.global, appended(globals, 5, newGlobals)],
    [sectionId.export, appended(find(sectionId.export), 3, newExports.view())],
  ]);
  const code = find(sectionId.code);
  if (code !== undefined) {
    // Bulk lengths of a 64-bit memory are i64; they are left uncharged rather than miscounted.
    const uncounted = uncountedFunctions(code.content, imports.functions);
    const inserted = insertions(firstGlobal, is64);
    rewritten.set(sectionId.code, meterCode(code.content, inserted, uncounted));
  }
  // An index past the end could come to mean one of the new globals, and so reach the fuel.
  if (!WebAssembly.validate(module as BufferSource)) {
    throw new MalformedModuleError('the module is not valid');
  }
  return assemble(sections, rewritten);
}

/** 2^63 - 1 in LEB128: no limit until the host sets one. */
const maxSigned64 = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

function assemble(sections: readonly Section[], rewritten: Map<number, Uint8Array>): Uint8Array {
  const size = sections.reduce((sum, { content }) => sum + content.length + 8, 64);
  const writer = new BinaryWriter(Math.ceil(size * 1.1));
  writer.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const pending = [...rewritten.keys()];
  const rank = (id: number) => sectionOrder.indexOf(id);
  const writePendingBefore = (limit: number) => {
    for (const id of [...pending]) {
      if (rank(id) >= limit) continue;
      writer.byte(id).sized(rewritten.get(id) as Uint8Array);
      pending.splice(pending.indexOf(id), 1);
    }
  };
  for (const { id, content } of sections) {
    if (id !== 0) writePendingBefore(rank(id));
    if (pending.includes(id)) pending.splice(pending.indexOf(id), 1);
    writer.byte(id).sized(rewritten.get(id) ?? content);
  }
  writePendingBefore(Infinity);
  return writer.view().slice();
}
