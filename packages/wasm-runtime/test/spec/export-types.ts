import { BinaryReader } from '../../src/metering/binary.ts';

/** A value type as it is encoded. */
export type ValueType = readonly number[];
export interface FunctionType {
  /** Not alone and final: an import in another module would have to repeat more than this. */
  readonly isDerived: boolean;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}
const valueType = (reader: BinaryReader): ValueType => {
  const start = reader.position;
  const first = reader.byte();
  if (first === 0x63 || first === 0x64) reader.skipLeb(33);
  return [...reader.bytes.subarray(start, reader.position)];
};
const vector = <T>(reader: BinaryReader, item: (reader: BinaryReader) => T): T[] =>
  Array.from({ length: reader.u32() }, () => item(reader));

/** A type of the type section; undefined if it is not of a function. */
function compositeType(reader: BinaryReader, isDerived = false): FunctionType | undefined {
  const form = reader.byte();
  if (form === 0x50 || form === 0x4f) {
    vector(reader, (r) => r.u32());
    return compositeType(reader, true);
  }
  const field = (r: BinaryReader) => {
    valueType(r);
    r.byte();
  };
  if (form === 0x5e) field(reader);
  else if (form === 0x5f) vector(reader, field);
  else {
    return { isDerived, params: vector(reader, valueType), results: vector(reader, valueType) };
  }
  return undefined;
}

function skipLimits(reader: BinaryReader): void {
  const flags = reader.byte();
  reader.skipLeb(64);
  if (flags & 1) reader.skipLeb(64);
}

/** The types of the functions that the valid module `bytes` exports, by name. */
export function exportTypes(bytes: Uint8Array): Map<string, FunctionType> {
  const types: (FunctionType | undefined)[] = [];
  const functions: number[] = [];
  const exported = new Map<string, FunctionType>();
  const sections: Readonly<Record<number, (section: BinaryReader) => void>> = {
    1: (section) =>
      vector(section, (r) => {
        if (r.peek() !== 0x4e) types.push(compositeType(r));
        else {
          r.byte();
          types.push(...vector(r, (inner) => compositeType(inner, true)));
        }
      }),
    2: (section) =>
      vector(section, (r) => {
        r.name();
        r.name();
        const kind = r.byte();
        if (kind === 0) functions.push(r.u32());
        else if (kind === 1) {
          valueType(r);
          skipLimits(r);
        } else if (kind === 2) skipLimits(r);
        else if (kind === 3) {
          valueType(r);
          r.byte();
        } else {
          r.byte();
          r.u32();
        }
      }),
    3: (section) => functions.push(...vector(section, (r) => r.u32())),
    7: (section) =>
      vector(section, (r) => {
        const name = r.name();
        const kind = r.byte();
        const index = r.u32();
        const type = types[functions[index] as number];
        if (kind === 0 && type !== undefined) exported.set(name, type);
      }),
  };
  const reader = new BinaryReader(bytes, 8);
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    sections[id]?.(section);
  }
  return exported;
}
