import { BinaryReader, BinaryWriter } from './binary.ts';
import { skipValueType } from './instructions.ts';

export const sectionId = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  tag: 13,
} as const;
/** The order in which sections stand (§5.5.2); custom sections (0) may stand anywhere. */
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

/** What a type's values take: of a function its parameters count, of a struct its fields. */
interface CompositeType {
  readonly parts: number;
}
interface Addressed {
  readonly is64: boolean;
}

/** The index spaces of a module, as far as the rewriter needs them. */
export interface IndexSpaces {
  readonly types: CompositeType[];
  readonly memories: Addressed[];
  readonly tables: Addressed[];
  /** For each tag how many values it carries. */
  readonly tags: number[];
  readonly importedFunctions: number;
  readonly functions: number;
  readonly globals: number;
}

export function readSections(bytes: Uint8Array): Section[] {
  const reader = new BinaryReader(bytes);
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

function compositeType(reader: BinaryReader): CompositeType {
  const form = reader.byte();
  const each = (skip: () => void): number => {
    const count = reader.u32();
    for (let left = count; left > 0; left--) skip();
    return count;
  };
  const field = () => {
    skipValueType(reader);
    reader.byte();
  };
  const value = () => skipValueType(reader);
  switch (form) {
    case 0x4f: // sub final
    case 0x50: // sub
      each(() => reader.u32());
      return compositeType(reader);
    case 0x5e: // array
      field();
      return { parts: 0 };
    case 0x5f: // struct
      return { parts: each(field) };
    case 0x60: {
      const parts = each(value);
      each(value);
      return { parts };
    }
    default:
      return reader.fail(`unknown type ${form}`);
  }
}

function skipLimits(reader: BinaryReader): Addressed {
  const flags = reader.byte();
  if (flags > 7) reader.fail(`unknown limits ${flags}`);
  reader.skipLeb(64);
  if (flags & 1) reader.skipLeb(64);
  return { is64: (flags & 4) !== 0 };
}

/** Reads all that is counted in `sections`; `onTableStart` may step over a table's initial value. */
export function readIndexSpaces(
  sections: readonly Section[],
  skipConstantExpression: (reader: BinaryReader) => void,
): IndexSpaces {
  const types: CompositeType[] = [];
  const memories: Addressed[] = [];
  const tables: Addressed[] = [];
  const tags: number[] = [];
  let functions = 0;
  let globals = 0;
  const entries = (id: number, read: (reader: BinaryReader) => void) => {
    const content = sections.find((section) => section.id === id)?.content;
    if (content === undefined) return;
    const reader = new BinaryReader(content);
    for (let count = reader.u32(); count > 0; count--) read(reader);
  };
  const readType = (reader: BinaryReader) => types.push(compositeType(reader));
  const readTag = (reader: BinaryReader) => {
    reader.byte();
    tags.push(types[reader.u32()]?.parts ?? 0);
  };
  const readTable = (reader: BinaryReader) => {
    skipValueType(reader);
    tables.push(skipLimits(reader));
  };
  const readGlobal = (reader: BinaryReader) => {
    skipValueType(reader);
    reader.byte();
    globals++;
  };
  const readImport: ((reader: BinaryReader) => void)[] = [
    (reader) => {
      reader.u32();
      functions++;
    },
    readTable,
    (reader) => memories.push(skipLimits(reader)),
    readGlobal,
    readTag,
  ];

  entries(sectionId.type, (reader) => {
    if (reader.peek() !== 0x4e) {
      readType(reader);
      return;
    }
    reader.byte();
    for (let count = reader.u32(); count > 0; count--) readType(reader);
  });
  entries(sectionId.import, (reader) => {
    reader.name();
    reader.name();
    const kind = reader.byte();
    const read = readImport[kind] ?? reader.fail(`unknown import kind ${kind}`);
    read(reader);
  });
  const importedFunctions = functions;
  entries(sectionId.function, (reader) => {
    reader.u32();
    functions++;
  });
  entries(sectionId.table, (reader) => {
    const hasInitialValue = reader.peek() === 0x40;
    if (hasInitialValue) reader.skip(2);
    readTable(reader);
    if (hasInitialValue) skipConstantExpression(reader);
  });
  entries(sectionId.memory, (reader) => memories.push(skipLimits(reader)));
  entries(sectionId.tag, readTag);
  entries(sectionId.global, (reader) => {
    readGlobal(reader);
    skipConstantExpression(reader);
  });
  entries(sectionId.element, (reader) => skipElements(reader, skipConstantExpression));
  return { types, memories, tables, tags, importedFunctions, functions, globals };
}

/** Steps over one element segment (§5.5.12). */
function skipElements(
  reader: BinaryReader,
  skipConstantExpression: (reader: BinaryReader) => void,
): void {
  const flags = reader.u32();
  if (flags > 7) reader.fail(`unknown element segment ${flags}`);
  const isActive = (flags & 1) === 0;
  const hasExpressions = (flags & 4) !== 0;
  if (isActive) {
    if (flags & 2) reader.u32();
    skipConstantExpression(reader);
  }
  if (flags & 3) {
    if (hasExpressions) skipValueType(reader);
    else reader.byte();
  }
  for (let count = reader.u32(); count > 0; count--) {
    if (hasExpressions) skipConstantExpression(reader);
    else reader.u32();
  }
}

/** The vector in `content` with `added` more entries, whose bytes are `entries`. */
export function appended(
  content: Uint8Array | undefined,
  added: number,
  entries: ArrayLike<number>,
): Uint8Array {
  const reader = new BinaryReader(content ?? new Uint8Array([0]));
  const count = reader.u32();
  return new BinaryWriter(reader.end + entries.length + 8)
    .u32(count + added)
    .raw(reader.bytes.subarray(reader.position))
    .raw(entries)
    .view();
}

/** The module of `sections`, those whose id is in `rewritten` with that content. */
export function assembleModule(
  sections: readonly Section[],
  rewritten: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  const size = sections.reduce((sum, { content }) => sum + content.length + 8, 64);
  const writer = new BinaryWriter(Math.ceil(size * 1.1));
  writer.raw(header);
  const rank = (id: number) => sectionOrder.indexOf(id);
  let pending = [...rewritten.keys()].sort((a, b) => rank(a) - rank(b));
  const writePending = (isDue: (id: number) => boolean) => {
    for (const id of pending.filter(isDue)) {
      writer.byte(id).sized(rewritten.get(id) as Uint8Array);
    }
    pending = pending.filter((id) => !isDue(id));
  };
  for (const { id, content } of sections) {
    if (id !== 0) writePending((other) => rank(other) < rank(id));
    pending = pending.filter((other) => other !== id);
    writer.byte(id).sized(rewritten.get(id) ?? content);
  }
  writePending(() => true);
  return writer.view().slice();
}
