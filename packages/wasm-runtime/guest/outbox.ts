/** What a step hands out: frames (see src/wire.ts), in the mailbox as far as they fit there. */
import { frameHeadBytes, mailbox } from '../src/wire.ts';
import {
  charCodeAt,
  encodeInto,
  NativeArrayBuffer,
  NativeUint8Array,
  NativeUint32Array,
  setBytes,
  slice,
} from './intrinsics.ts';
import * as box from './mailbox.ts';

/** Longest piece of text that is encoded at once; bounds the room that must be free for it. */
const pieceChars = 16_384;
/** A code unit of UTF-16 takes at most this much in UTF-8. */
const bytesPerChar = 3;

const [written, more] = [mailbox.written / 4, mailbox.more / 4];
const boxEnd = mailbox.size;

// Where the next frame goes. All sizes are kept beside the arrays: reading them off those would pass
// through prototypes that a program can change.
let buffer = box.buffer;
let words = box.words;
let capacity = boxEnd;
let at: number = mailbox.outbox;
/** Bytes of frames that did not fit into the mailbox, and where the frame that is open ends. */
let overflowed = 0;
let end = 0;

function useBox(): void {
  ({ buffer, words } = box);
  capacity = boxEnd;
}

/** Makes room for `count` bytes behind `used`, of which those from `at` on are kept. */
function grow(used: number, count: number): void {
  const open = new NativeUint8Array(buffer, at, used - at);
  const kept = words === box.words ? open : new NativeUint8Array(buffer, 0, used);
  const size = (used + count + 4096) * 2;
  const larger = new NativeArrayBuffer(size - (size % 4));
  setBytes(new NativeUint8Array(larger), kept, 0);
  if (words === box.words) at = 0;
  buffer = larger;
  words = new NativeUint32Array(larger);
  capacity = size - (size % 4);
}

/**
 * Writes a frame behind all others; it counts when `commit` is called. A lone surrogate becomes
 * U+FFFD.
 * @returns the bytes of its text
 */
export function write(kind: number, id: number, fields: readonly string[]): number {
  if (overflowed === 0 && words !== box.words) useBox();
  // How far the mailbox is filled stands in itself, since the host empties it.
  at = overflowed === 0 ? mailbox.outbox + (words[written] as number) : overflowed;
  const count = fields.length;
  let text = '';
  for (let index = 0; index < count; index++) text += fields[index];
  const head = frameHeadBytes + 4 * count;
  const size = text.length <= pieceChars ? put(text, head, 0) : putLong(text, head);
  const word = at >>> 2;
  words[word] = kind | (count << 8);
  words[word + 1] = id;
  words[word + 2] = size;
  for (let index = 0; index < count; index++) {
    words[word + 3 + index] = (fields[index] as string).length;
  }
  end = (at + head + size + 3) & ~3;
  return size;
}

/** Encodes `text` behind the `size` bytes that the frame's text has so far. @returns its own bytes */
function put(text: string, head: number, size: number): number {
  const room = text.length * bytesPerChar;
  if (at + head + size + room + 4 > capacity) {
    grow(size === 0 ? at : at + head + size, head + room + 4);
  }
  return encodeInto(text, new NativeUint8Array(buffer, at + head + size, room)).written;
}

/** In pieces, so that the room which is needed stays small. */
function putLong(text: string, head: number): number {
  let size = 0;
  for (let from = 0; from < text.length; ) {
    let to = from + pieceChars;
    if (to >= text.length) to = text.length;
    else if ((charCodeAt(text, to - 1) & 0xfc00) === 0xd800) to--;
    size += put(slice(text, from, to), head, size);
    from = to;
  }
  return size;
}

/** Makes the frame that was written last part of what is handed out. */
export function commit(): void {
  if (words === box.words) {
    words[written] = end - mailbox.outbox;
  } else {
    overflowed = end;
    box.words[more] = 1;
  }
}

/** Hands out a frame. */
export function frame(kind: number, id: number, fields: readonly string[]): void {
  write(kind, id, fields);
  commit();
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
  const inBox = box.words[written] as number;
  let taken: Taken;
  if (overflowed === 0) {
    taken = {
      __proto__: null,
      buffer: box.buffer,
      byteOffset: mailbox.outbox,
      byteLength: inBox,
    } as Taken;
  } else if (inBox === 0) {
    taken = { __proto__: null, buffer, byteOffset: 0, byteLength: overflowed } as Taken;
  } else {
    const all = new NativeArrayBuffer(inBox + overflowed);
    const allBytes = new NativeUint8Array(all);
    setBytes(allBytes, new NativeUint8Array(box.buffer, mailbox.outbox, inBox), 0);
    setBytes(allBytes, new NativeUint8Array(buffer, 0, overflowed), inBox);
    taken = {
      __proto__: null,
      buffer: all,
      byteOffset: 0,
      byteLength: inBox + overflowed,
    } as Taken;
  }
  box.words[written] = 0;
  box.words[more] = 0;
  overflowed = 0;
  useBox();
  return taken;
}
