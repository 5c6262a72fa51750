import { BinaryReader, MalformedModuleError } from './binary.ts';
import { gc, op, skipImmediates } from './instructions.ts';
import type { IndexSpaces } from './module.ts';

/** So many slots may be allocated by constant expressions, which nothing can charge. */
const mostSlots = 2 ** 20;

/** Steps over constant expressions, and adds up what they allocate while a module is instantiated. */
export class ConstantExpressions {
  #slots = 0;
  #structs = new Map<number, number>();

  /** @throws MalformedModuleError for an array whose length is no constant */
  skip(reader: BinaryReader): void {
    let length: number | undefined;
    for (;;) {
      const opcode = reader.byte();
      const immediates = new BinaryReader(reader.bytes, reader.position, reader.end);
      skipImmediates(reader, opcode);
      if (opcode === op.end) return;
      if (opcode === op.prefixGc) this.#count(immediates, length);
      length = opcode === op.i32Const ? immediates.s32() >>> 0 : undefined;
    }
  }

  #count(immediates: BinaryReader, length: number | undefined): void {
    const code = immediates.u32();
    if (code === gc.arrayNew || code === gc.arrayNewDefault) {
      if (length === undefined) immediates.fail('cannot bound the length of a constant array');
      this.#slots += 1 + length;
    } else if (code === gc.arrayNewFixed) {
      immediates.u32();
      this.#slots += 1 + immediates.u32();
    } else if (code === gc.structNew || code === gc.structNewDefault) {
      const type = immediates.u32();
      this.#structs.set(type, (this.#structs.get(type) ?? 0) + 1);
    }
  }

  /** @throws MalformedModuleError if all the expressions together allocate too much */
  check({ types }: IndexSpaces): void {
    let slots = this.#slots;
    for (const [type, count] of this.#structs) slots += count * (1 + (types[type]?.parts ?? 0));
    if (slots > mostSlots) {
      throw new MalformedModuleError(`constant expressions allocate more than ${mostSlots} slots`);
    }
  }
}
