import { BinaryWriter } from './binary.ts';
import { op } from './instructions.ts';
import type { IndexSpaces } from './module.ts';

/** Exports that the rewriter adds; all are mutable globals. */
export const meteringExports = {
  /** i64: units left; -1 after the trap that ends a run out of fuel. */
  fuel: 'metering.fuel',
  /** i64: pages that all memories together may grow to. */
  pageLimit: 'metering.page-limit',
  /** i32: 1 after the trap that ends a run at its page limit. */
  pageLimitHit: 'metering.page-limit-hit',
  /**
   * i64: slots left, of 16 bytes at most, for all that is allocated outside memories: elements that
   * tables grow by, GC objects, exceptions. What becomes garbage is not given back. Below zero after
   * the trap that ends a run out of slots.
   */
  slots: 'metering.slots',
} as const;

/** What the new globals hold in a new instance, 0 to 2⁶³ - 1; by default the most, no limit. */
export interface Allowance {
  readonly fuel?: bigint;
  readonly pageLimit?: bigint;
  readonly slots?: bigint;
}

const i32 = 0x7f;
const i64 = 0x7e;
const nothing = 0x40;
const code = {
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  select: 0x1b,
  drop: 0x1a,
  i64Const: 0x42,
  i32Const: 0x41,
  i64LtU: 0x54,
  i64LtS: 0x53,
  i64GtS: 0x55,
  i64GtU: 0x56,
  i32Or: 0x72,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64ShrU: 0x88,
  i64ExtendI32U: 0xad,
} as const;

const unlimited = 2n ** 63n - 1n;
/** No table or array can have more elements. */
const mostElements = 2n ** 32n;
const shifts = {
  /** Bytes: one unit for 64. */
  bytes: 6n,
  /** Elements of tables and arrays: one unit for 4. */
  elements: 2n,
  /** Nanoseconds of a wait: one unit for 4. */
  wait: 2n,
};
/** About what growing a memory and unwinding to a handler cost the host, in units. */
const growUnits = 256n;
const throwUnits = 128n;

/** `value`, not negative, as a signed LEB128 integer. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x3fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}
const index = (value: number): number[] => [...new BinaryWriter(8).u32(value).view()];
const constant = (value: bigint): number[] => [code.i64Const, ...signed(value)];
const minusOne = [code.i64Const, 0x7f];
const parameter = [code.localGet, 0];
const noLocals = 0;
const oneLocal = [1, 1, i64];
const widened = [...parameter, code.i64ExtendI32U];

/** The functions that the rewriter adds, in this order; each gives back its operand, if it has one. */
const functions = [
  'pay',
  'takeSlots',
  'payBytes32',
  'payBytes64',
  'payElements32',
  'payElements64',
  'payWait',
  'allocate32',
  'allocate64',
  'guardGrow32',
  'guardGrow64',
] as const;
type AddedFunction = (typeof functions)[number];

/** What the rewriter adds to a module with the index spaces `spaces`, and how it is reached. */
export class Instrumentation {
  readonly #spaces: IndexSpaces;
  /**
   * Takes one unit. Compared before it is taken, because then the processor need not wait for the
   * last subtraction: in the regular expression engine a tenth of the run time.
   */
  readonly charge: readonly number[];

  constructor(spaces: IndexSpaces) {
    this.#spaces = spaces;
    this.charge = [
      ...[...this.#get('fuel'), ...constant(1n), code.i64LtS],
      ...[op.if, nothing, ...minusOne, ...this.#set('fuel'), op.unreachable, op.end],
      ...[...this.#get('fuel'), ...constant(1n), code.i64Sub, ...this.#set('fuel')],
    ];
  }

  #global(name: keyof typeof meteringExports): number[] {
    return index(this.#spaces.globals + Object.keys(meteringExports).indexOf(name));
  }
  #get(name: keyof typeof meteringExports): number[] {
    return [op.globalGet, ...this.#global(name)];
  }
  #set(name: keyof typeof meteringExports): number[] {
    return [op.globalSet, ...this.#global(name)];
  }

  /** Calls an added function, which takes the operand on the stack and gives it back. */
  call(name: AddedFunction): readonly number[] {
    return [op.call, ...index(this.#spaces.functions + functions.indexOf(name))];
  }

  /** Takes what an object of `slots` slots costs. */
  allocate(slots: number): readonly number[] {
    return [code.i32Const, ...signed(BigInt(slots)), ...this.call('allocate32'), code.drop];
  }

  /** Takes what unwinding costs. */
  chargeThrow(): readonly number[] {
    return [...constant(throwUnits), ...this.call('pay')];
  }

  /** Entries of the type section: i64 → nothing, i32 → i32, i64 → i64. */
  readonly types = {
    count: 3,
    entries: [...[0x60, 1, i64, 0], ...[0x60, 1, i32, 1, i32], ...[0x60, 1, i64, 1, i64]],
  };

  /** Entries of the function section. */
  get functions() {
    const firstType = this.#spaces.types.length;
    const typeOf = (name: AddedFunction) =>
      name === 'pay' || name === 'takeSlots'
        ? firstType
        : name.endsWith('32')
          ? firstType + 1
          : firstType + 2;
    return { count: functions.length, entries: functions.flatMap((name) => index(typeOf(name))) };
  }

  /** Entries of the code section. */
  get bodies() {
    const entries = functions.flatMap((name) => {
      const body = [...this.#body(name), op.end];
      return [...index(body.length), ...body];
    });
    return { count: functions.length, entries };
  }

  #body(name: AddedFunction): readonly number[] {
    const payFor = (operand: readonly number[], shift: bigint) => [
      ...[noLocals, ...operand, ...constant(shift), code.i64ShrU, ...this.call('pay')],
      ...parameter,
    ];
    const widening = (wide: AddedFunction) => [
      ...[noLocals, ...widened, ...this.call(wide), code.drop],
      ...parameter,
    ];
    switch (name) {
      case 'pay':
        return this.#take('fuel');
      case 'takeSlots':
        return this.#take('slots');
      case 'payBytes32':
        return payFor(widened, shifts.bytes);
      case 'payBytes64':
        return payFor(parameter, shifts.bytes);
      case 'payElements32':
        return payFor(widened, shifts.elements);
      case 'payElements64':
        return payFor(parameter, shifts.elements);
      case 'payWait':
        return payFor(parameter, shifts.wait);
      case 'allocate32':
        return widening('allocate64');
      case 'allocate64':
        return this.#allocate();
      case 'guardGrow32':
        return widening('guardGrow64');
      case 'guardGrow64':
        return this.#guardGrow();
    }
  }

  /**
   * Takes the parameter from a global. If that has less it becomes -1, and the module traps: the
   * counter cannot wrap, whatever is asked for and however often.
   */
  #take(name: 'fuel' | 'slots'): readonly number[] {
    return [
      ...[noLocals, ...parameter, ...this.#get(name), code.i64GtS],
      ...[op.if, nothing, ...minusOne, ...this.#set(name), op.unreachable, op.end],
      ...[...this.#get(name), ...parameter, code.i64Sub, ...this.#set(name)],
    ];
  }

  /** One slot for the object itself, one for each element. */
  #allocate(): readonly number[] {
    const slots = [code.localGet, 1];
    const most = constant(mostElements);
    return [
      ...oneLocal,
      ...[...parameter, ...most, ...parameter, ...most, code.i64LtU, code.select],
      ...[...constant(1n), code.i64Add, code.localTee, 1, ...this.call('takeSlots')],
      ...[...slots, ...constant(shifts.elements), code.i64ShrU, ...constant(1n), code.i64Add],
      ...[...this.call('pay'), ...parameter],
    ];
  }

  #guardGrow(): readonly number[] {
    const pages = [code.localGet, 1];
    const sizes = this.#spaces.memories.flatMap(({ is64 }, memory) => [
      ...[op.memorySize, ...index(memory), ...(is64 ? [] : [code.i64ExtendI32U])],
      code.i64Add,
    ]);
    return [
      ...[...oneLocal, ...constant(0n), ...sizes, code.localSet, 1],
      // pages > limit || more > limit - pages: neither side can wrap.
      ...[...pages, ...this.#get('pageLimit'), code.i64GtU],
      ...[...parameter, ...this.#get('pageLimit'), ...pages, code.i64Sub, code.i64GtU, code.i32Or],
      ...[op.if, nothing, code.i32Const, 1, ...this.#set('pageLimitHit'), op.unreachable, op.end],
      ...[...constant(growUnits), ...this.call('pay'), ...parameter],
    ];
  }

  /** Entries of the global section. */
  globals({ fuel = unlimited, pageLimit = unlimited, slots = unlimited }: Allowance) {
    const mutable = (type: number, value: readonly number[]) => [type, 1, ...value, op.end];
    const entries: Record<keyof typeof meteringExports, number[]> = {
      fuel: mutable(i64, constant(fuel)),
      pageLimit: mutable(i64, constant(pageLimit)),
      pageLimitHit: mutable(i32, [code.i32Const, 0]),
      slots: mutable(i64, constant(slots)),
    };
    const names = Object.keys(meteringExports) as (keyof typeof meteringExports)[];
    return { count: names.length, entries: names.flatMap((name) => entries[name]) };
  }

  /** Entries of the export section. */
  get exports() {
    const writer = new BinaryWriter();
    const names = Object.values(meteringExports);
    for (const [offset, name] of names.entries()) {
      writer
        .name(name)
        .byte(3)
        .u32(this.#spaces.globals + offset);
    }
    return { count: names.length, entries: writer.view() };
  }
}
