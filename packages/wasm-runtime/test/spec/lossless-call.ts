import { BinaryWriter } from '../../src/metering/binary.ts';
import type { FunctionType, ValueType } from './export-types.ts';
import type { Raw } from './values.ts';

const i32 = 0x7f;
const i64 = 0x7e;
const f32 = 0x7d;
const f64 = 0x7c;
const v128 = 0x7b;
const localGet = 0x20;
const localSet = 0x21;

/** How a value that JavaScript would change or refuse crosses as integers. */
const rawTypes: Readonly<Record<number, readonly number[]>> = {
  [f32]: [i32],
  [f64]: [i64],
  [v128]: [i64, i64],
};
const rawTypesOf = ([first]: ValueType, type: ValueType): readonly ValueType[] =>
  rawTypes[first as number]?.map((raw) => [raw]) ?? [type];
const isLossy = (type: ValueType): boolean => rawTypes[type[0] as number] !== undefined;

/** From the integers on the stack to the value; `local` gives the next one. */
function fromRaw([type]: ValueType, local: () => number[]): number[] {
  if (type === f32) return [...local(), 0xbe];
  if (type === f64) return [...local(), 0xbf];
  if (type === v128) return [...local(), 0xfd, 18, ...local(), 0xfd, 30, 1];
  return local();
}

function toRaw([type]: ValueType, local: number[]): number[] {
  if (type === f32) return [...local, 0xbc];
  if (type === f64) return [...local, 0xbd];
  if (type === v128) return [...local, 0xfd, 29, 0, ...local, 0xfd, 29, 1];
  return local;
}

/** A module that imports a function of `type` and exports it with raw values. */
function adapter({ params, results }: FunctionType): Uint8Array {
  const rawParams = params.flatMap((type) => rawTypesOf(type, type));
  const rawResults = results.flatMap((type) => rawTypesOf(type, type));
  const index = (n: number) => [...new BinaryWriter(8).u32(n).view()];
  const typeBytes = (from: readonly ValueType[], to: readonly ValueType[]) => [
    ...[0x60, ...index(from.length), ...from.flat()],
    ...[...index(to.length), ...to.flat()],
  ];
  let next = 0;
  const firstLocal = rawParams.length;
  const body = [
    ...[...index(results.length), ...results.flatMap((type) => [1, ...type])],
    ...params.flatMap((type) => fromRaw(type, () => [localGet, ...index(next++)])),
    ...[0x10, 0],
    ...results.flatMap((_, n) => [localSet, ...index(firstLocal + results.length - 1 - n)]),
    ...results.flatMap((type, n) => toRaw(type, [localGet, ...index(firstLocal + n)])),
    0x0b,
  ];
  const section = (id: number, content: number[]) =>
    new BinaryWriter().byte(id).sized(Uint8Array.from(content)).view();
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [2, ...typeBytes(params, results), ...typeBytes(rawParams, rawResults)]),
    ...section(2, [1, 1, 0x6d, 1, 0x66, 0, 0]),
    ...section(3, [1, 1]),
    ...section(7, [1, 1, 0x66, 0, 1]),
    ...section(10, [1, ...new BinaryWriter().sized(Uint8Array.from(body)).view()]),
  ]);
}

const modules = new Map<string, WebAssembly.Module>();

type Call = (...args: Raw[]) => Raw;

/** `exported`, a function of `type`, as one that takes and gives raw values. */
export function lossless(exported: Call, type: FunctionType): (...args: Raw[]) => Raw[] {
  const isPlain = type.isDerived || ![...type.params, ...type.results].some(isLossy);
  const call = isPlain ? exported : adapted(exported, type);
  return (...args) => {
    const result = call(...args);
    return result === undefined ? [] : Array.isArray(result) ? result : [result];
  };
}

function adapted(exported: Call, type: FunctionType): Call {
  const key = JSON.stringify(type);
  const module = modules.get(key) ?? new WebAssembly.Module(adapter(type) as BufferSource);
  modules.set(key, module);
  const instance = new WebAssembly.Instance(module, { m: { f: exported } });
  return instance.exports.f as Call;
}
