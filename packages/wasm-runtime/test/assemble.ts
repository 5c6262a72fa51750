import { parse } from '@bytecodealliance/jco';
import wabt from 'wabt';
import { meteringExports } from '../src/metering/instrumentation.ts';
import { meter } from '../src/metering/meter.ts';

const features = {
  exceptions: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  memory64: true,
  extended_const: true,
  relaxed_simd: true,
  multi_memory: true,
};

const assembler = await wabt();

/** The bytes of a module that is written in the WebAssembly text format. */
export function assemble(text: string): Uint8Array {
  const module = assembler.parseWat('test.wat', text, features);
  try {
    // Not validated here: V8 knows more features than the assembler's validator.
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** Like `assemble`, for text that uses what the other assembler does not know. */
export const assembleNew = (text: string): Promise<Uint8Array> => parse(text);

type Exports = Record<string, (...args: never[]) => unknown> & { memory: WebAssembly.Memory };

export interface MeteredInstance {
  readonly call: (name: string, ...args: unknown[]) => unknown;
  readonly memory: WebAssembly.Memory;
  /** Units left; below zero after running out. */
  readonly fuelLeft: () => bigint;
  readonly slotsLeft: () => bigint;
  readonly pageLimitHit: () => boolean;
  /** An exported global of i32. */
  readonly global: (name: string) => number;
}

export function instantiate(bytes: Uint8Array): Exports {
  const module = new WebAssembly.Module(bytes as BufferSource);
  return new WebAssembly.Instance(module).exports as unknown as Exports;
}

/** An instance of `source` after the rewriter, with as much fuel and as many pages as given. */
export function metered(
  source: string | Uint8Array,
  { fuel, pages, slots }: { fuel?: bigint; pages?: number; slots?: bigint } = {},
): MeteredInstance {
  const exports = instantiate(meter(typeof source === 'string' ? assemble(source) : source));
  const global = (name: string) => exports[name] as unknown as WebAssembly.Global;
  if (fuel !== undefined) global(meteringExports.fuel).value = fuel;
  if (pages !== undefined) global(meteringExports.pageLimit).value = BigInt(pages);
  if (slots !== undefined) global(meteringExports.slots).value = slots;
  return {
    call: (name, ...args) => (exports[name] as (...args: unknown[]) => unknown)(...args),
    memory: exports.memory,
    fuelLeft: () => global(meteringExports.fuel).value as bigint,
    slotsLeft: () => global(meteringExports.slots).value as bigint,
    pageLimitHit: () => global(meteringExports.pageLimitHit).value === 1,
    global: (name) => global(name).value as number,
  };
}
