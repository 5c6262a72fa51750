/** What the step hands out: frames (see src/wire.ts) written one after the other. */
import {
  charCodeAt,
  encodeInto,
  NativeArrayBuffer,
  NativeUint8Array,
  setBytes,
  slice,
} from './intrinsics.ts';

const initialBytes = 65_536;
/** Longest piece of text that is encoded at once; bounds the room that must be free for it. */
const pieceChars = 16_384;

// Capacity and buffer are kept beside the array: reading them off it would pass through
// prototypes that a program can change.
let capacity = initialBytes;
let buffer = new NativeArrayBuffer(capacity);
let bytes = new NativeUint8Array(buffer);
let length = 0;

function allocate(size: number): void {
  capacity = size;
  buffer = new NativeArrayBuffer(capacity);
  bytes = new NativeUint8Array(buffer);
}

function reserve(count: number): void {
  if (length + count <= capacity) return;
  const written = new NativeUint8Array(buffer, 0, length);
  allocate(capacity * 2 + count);
  setBytes(bytes, written, 0);
}

function putU32(at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Begins a frame; exactly `fields` fields must follow. */
export function frame(kind: number, id: number, fields: number): void {
  reserve(6);
  bytes[length] = kind;
  putU32(length + 1, id);
  bytes[length + 5] = fields;
  length += 6;
}

/** Begins a field and returns its handle for `endField`. */
export function beginField(): number {
  reserve(4);
  length += 4;
  return length;
}

/** Ends the field that began at `start`. */
export function endField(start: number): void {
  putU32(start - 4, length - start);
}

/** Adds text to the field that is open. A lone surrogate becomes U+FFFD. */
export function put(text: string): void {
  let from = 0;
  while (from < text.length) {
    let to = from + pieceChars;
    if (to >= text.length) to = text.length;
    else if ((charCodeAt(text, to - 1) & 0xfc00) === 0xd800) to--;
    const piece = from === 0 && to === text.length ? text : slice(text, from, to);
    const room = piece.length * 3;
    reserve(room);
    length += encodeInto(piece, new NativeUint8Array(buffer, length, room)).written;
    from = to;
  }
}

/** Adds a whole field. */
export function field(text: string): void {
  const start = beginField();
  put(text);
  endField(start);
}

/** How many bytes are written so far. */
export function written(): number {
  return length;
}

/** Takes back everything after `mark`, a value of `written()`. */
export function rewind(mark: number): void {
  length = mark;
}

/** The bytes from `mark` on; valid until the next write. */
export function since(mark: number): Uint8Array {
  return new NativeUint8Array(buffer, mark, length - mark);
}

/** What the bindings around the prelude read of a byte list. */
interface Taken {
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * Hands out all frames and begins anew. Valid until the next write.
 * Not a typed array: the bindings await what they get and read its accessors, and a program can
 * put a `then` or accessors of its own into the prototypes.
 */
export function take(): Taken {
  const taken = { __proto__: null, buffer, byteOffset: 0, byteLength: length };
  length = 0;
  if (capacity > initialBytes) allocate(initialBytes);
  return taken;
}
