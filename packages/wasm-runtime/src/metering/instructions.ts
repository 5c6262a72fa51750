import { BinaryReader } from './binary.ts';

/**
 * Where each instruction ends (WebAssembly Core Specification 3.0, §5.4, plus the threads and
 * legacy exception-handling proposals, which V8 accepts by default). An opcode that is not here is
 * refused, because what is not understood cannot be metered.
 */

/** Opcodes that the rewriter acts on. */
export const op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  try: 0x06,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  call: 0x10,
  returnCall: 0x12,
  delegate: 0x18,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  tryTable: 0x1f,
  globalGet: 0x23,
  globalSet: 0x24,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  brOnNull: 0xd5,
  brOnNonNull: 0xd6,
  prefixGc: 0xfb,
  prefixBulk: 0xfc,
  prefixAtomic: 0xfe,
} as const;

/** Codes after the prefix 0xFB. */
export const gc = {
  structNew: 0,
  structNewDefault: 1,
  arrayNew: 6,
  arrayNewDefault: 7,
  arrayNewFixed: 8,
  arrayNewData: 9,
  arrayNewElem: 10,
  arrayFill: 16,
  arrayCopy: 17,
  arrayInitData: 18,
  arrayInitElem: 19,
} as const;

/** Codes after the prefix 0xFC. */
export const bulk = {
  memoryInit: 8,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  tableCopy: 14,
  tableGrow: 15,
  tableFill: 17,
} as const;

/** Codes after the prefix 0xFE. */
export const atomic = { wait32: 1, wait64: 2 } as const;

/** call_indirect, return_call_indirect, call_ref and return_call_ref. */
export const isIndirectCall = (opcode: number): boolean =>
  opcode === 0x11 || opcode === 0x13 || opcode === 0x14 || opcode === 0x15;

const noImmediate = new Set<number>([
  0x00, 0x01, 0x05, 0x0a, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1, 0xd3, 0xd4,
]);
for (let opcode = 0x45; opcode <= 0xc4; opcode++) noImmediate.add(opcode);

/** One index: branch depths, function, local, global, table, tag, type and memory indices. */
const oneIndex = new Set<number>([
  0x07, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15, 0x18, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25,
  0x26, 0x3f, 0x40, 0xd2, 0xd5, 0xd6,
]);

function skipBlockType(reader: BinaryReader): void {
  const first = reader.peek();
  // A type that needs a heap type after it: (ref ht) and (ref null ht).
  if (first === 0x63 || first === 0x64) {
    reader.skip(1);
    reader.skipLeb(33);
  } else {
    reader.skipLeb(33);
  }
}

export function skipValueType(reader: BinaryReader): void {
  const first = reader.byte();
  if (first === 0x63 || first === 0x64) reader.skipLeb(33);
}

/** Steps over the locals that a function body begins with; how many there are. */
export function skipLocals(body: BinaryReader): number {
  let locals = 0;
  for (let groups = body.u32(); groups > 0; groups--) {
    locals += body.u32();
    skipValueType(body);
  }
  return locals;
}

function skipMemoryArgument(reader: BinaryReader): void {
  const alignment = reader.u32();
  if (alignment & 0x40) reader.u32();
  reader.skipLeb(64);
}

function skipIndices(reader: BinaryReader, count: number): void {
  for (let index = 0; index < count; index++) reader.u32();
}

function skipTryTable(reader: BinaryReader): void {
  skipBlockType(reader);
  for (let clauses = reader.u32(); clauses > 0; clauses--) {
    const kind = reader.byte();
    if (kind > 3) reader.fail(`unknown catch clause ${kind}`);
    skipIndices(reader, kind < 2 ? 2 : 1);
  }
}

/** 0xFB: structs, arrays, casts and i31 of the garbage-collection proposal. */
function skipGarbageCollected(reader: BinaryReader): void {
  const code = reader.u32();
  if (code <= 1 || (code >= 6 && code <= 7) || (code >= 11 && code <= 14) || code === 16) {
    reader.u32();
  } else if (code <= 10 || (code >= 17 && code <= 19)) {
    skipIndices(reader, 2);
  } else if (code === 15 || (code >= 26 && code <= 30)) {
    return;
  } else if (code <= 23) {
    reader.skipLeb(33);
  } else if (code === 24 || code === 25) {
    reader.byte();
    reader.u32();
    reader.skipLeb(33);
    reader.skipLeb(33);
  } else {
    reader.fail(`unknown instruction 0xfb ${code}`);
  }
}

/** 0xFC: saturating truncation, bulk memory and tables. */
function skipNumericAndBulk(reader: BinaryReader): void {
  const code = reader.u32();
  if (code <= 7) return;
  if (code === 8 || code === 10 || code === 12 || code === 14) skipIndices(reader, 2);
  else if (code <= 17) skipIndices(reader, 1);
  else reader.fail(`unknown instruction 0xfc ${code}`);
}

/** 0xFD: vectors, relaxed ones included. */
function skipVector(reader: BinaryReader): void {
  const code = reader.u32();
  if (code <= 11 || code === 92 || code === 93) {
    skipMemoryArgument(reader);
  } else if (code === 12 || code === 13) {
    reader.skip(16);
  } else if (code >= 21 && code <= 34) {
    reader.skip(1);
  } else if (code >= 84 && code <= 91) {
    skipMemoryArgument(reader);
    reader.skip(1);
  } else if (code > 0x113) {
    reader.fail(`unknown instruction 0xfd ${code}`);
  }
}

/** 0xFE: atomics. */
function skipAtomic(reader: BinaryReader): void {
  const code = reader.u32();
  if (code === 3) reader.skip(1);
  else if (code <= 2 || (code >= 0x10 && code <= 0x4e)) skipMemoryArgument(reader);
  else reader.fail(`unknown instruction 0xfe ${code}`);
}

/** Steps over the immediates of `opcode`, whose first byte was just read. */
export function skipImmediates(reader: BinaryReader, opcode: number): void {
  if (noImmediate.has(opcode)) return;
  if (oneIndex.has(opcode)) {
    reader.u32();
    return;
  }
  if (opcode >= 0x28 && opcode <= 0x3e) {
    skipMemoryArgument(reader);
    return;
  }
  switch (opcode) {
    case 0x02: // block
    case 0x03: // loop
    case 0x04: // if
    case 0x06: // try
      return skipBlockType(reader);
    case 0x0e: // br_table
      return skipIndices(reader, reader.u32() + 1);
    case 0x11: // call_indirect
    case 0x13: // return_call_indirect
      return skipIndices(reader, 2);
    case 0x1c: // select with types
      for (let count = reader.u32(); count > 0; count--) skipValueType(reader);
      return;
    case 0x1f:
      return skipTryTable(reader);
    case 0x41: // i32.const
      return reader.skipLeb(32);
    case 0x42: // i64.const
      return reader.skipLeb(64);
    case 0x43: // f32.const
      return reader.skip(4);
    case 0x44: // f64.const
      return reader.skip(8);
    case 0xd0: // ref.null
      return reader.skipLeb(33);
    case 0xfb:
      return skipGarbageCollected(reader);
    case 0xfc:
      return skipNumericAndBulk(reader);
    case 0xfd:
      return skipVector(reader);
    case 0xfe:
      return skipAtomic(reader);
    default:
      return reader.fail(`unknown instruction 0x${opcode.toString(16)}`);
  }
}

const noBranch: readonly number[] = [];

/**
 * The labels that the instruction `opcode`, whose immediates begin at `immediates` of `bytes`, can
 * branch to: how many open blocks lie between it and each. A try_table's own block is not open to
 * its catch clauses.
 */
export function branchDepths(
  bytes: Uint8Array,
  opcode: number,
  immediates: number,
): readonly number[] {
  const reader = new BinaryReader(bytes, immediates);
  switch (opcode) {
    case op.br:
    case op.brIf:
    case op.brOnNull:
    case op.brOnNonNull:
      return [reader.u32()];
    case op.brTable:
      return Array.from({ length: reader.u32() + 1 }, () => reader.u32());
    case op.tryTable: {
      skipBlockType(reader);
      return Array.from({ length: reader.u32() }, () => {
        if (reader.byte() < 2) reader.u32();
        return reader.u32();
      });
    }
    case op.prefixGc: {
      const code = reader.u32();
      if (code !== 24 && code !== 25) return noBranch;
      reader.byte();
      return [reader.u32()];
    }
    default:
      return noBranch;
  }
}
