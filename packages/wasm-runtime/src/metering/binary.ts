/**
 * Reading and writing the WebAssembly binary format (WebAssembly Core Specification 3.0, §5).
 */

/** A module that is not well-formed, or that uses what the rewriter does not know. */
export class MalformedModuleError extends Error {
  override readonly name = 'MalformedModuleError';
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A cursor over bytes; every read past the end throws `MalformedModuleError`. */
export class BinaryReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  fail(message: string): never {
    throw new MalformedModuleError(`${message} at byte ${this.position}`);
  }

  byte(): number {
    if (this.position >= this.end) this.fail('unexpected end');
    return this.bytes[this.position++] as number;
  }

  peek(): number {
    if (this.position >= this.end) this.fail('unexpected end');
    return this.bytes[this.position] as number;
  }

  skip(count: number): void {
    if (count > this.end - this.position) this.fail('unexpected end');
    this.position += count;
  }

  /** An unsigned LEB128 integer of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) this.fail('integer too large');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** A signed LEB128 integer of at most 32 bits. */
  s32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 28 ? (value << (25 - shift)) >> (25 - shift) : value;
    }
    return this.fail('integer too long');
  }

  /** Steps over a LEB128 integer of at most `bits` bits, signed or not. */
  skipLeb(bits: 32 | 33 | 64): void {
    const most = Math.ceil(bits / 7);
    for (let count = 0; count < most; count++) if (this.byte() < 0x80) return;
    this.fail('integer too long');
  }

  /** A reader over the next `count` bytes, which this one steps over. */
  slice(count: number): BinaryReader {
    const start = this.position;
    this.skip(count);
    return new BinaryReader(this.bytes, start, this.position);
  }

  name(): string {
    const { position, end } = this.slice(this.u32());
    return decoder.decode(this.bytes.subarray(position, end));
  }
}

/** Bytes under construction. */
export class BinaryWriter {
  #bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
    return this;
  }

  raw(bytes: ArrayLike<number>): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u32(bytes.length).raw(bytes);
  }

  /** `content` with its length before it, as sections and function bodies are stored. */
  sized(content: Uint8Array): this {
    return this.u32(content.length).raw(content);
  }

  /** The bytes so far; valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
