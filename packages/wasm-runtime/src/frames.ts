/** The host's side of the step protocol: writes and reads frames. See wire.ts. */
import { frameHeadBytes } from './wire.ts';

const encoder = new TextEncoder();
// A byte order mark is part of the text: a file must come out as it went in.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The next multiple of 4. */
const aligned = (bytes: number): number => Math.ceil(bytes / 4) * 4;

interface Part {
  readonly kind: number;
  readonly id: number;
  /** In UTF-16 code units. */
  readonly lengths: readonly number[];
  readonly text: Uint8Array;
}

/** One message into the guest: the clock of the step, then frames. */
export class MessageWriter {
  readonly #parts: Part[] = [];
  #length = 8;

  frame(kind: number, id: number, ...fields: readonly string[]): this {
    const text = encoder.encode(fields.length === 1 ? fields[0] : fields.join(''));
    this.#parts.push({ kind, id, lengths: fields.map(({ length }) => length), text });
    this.#length += aligned(frameHeadBytes + 4 * fields.length + text.length);
    return this;
  }

  /** Whether no frame was written. */
  get empty(): boolean {
    return this.#parts.length === 0;
  }

  /** @param now milliseconds since 1970 that the guest's clock shows in this step */
  finish(now: number): Uint8Array {
    const message = new Uint8Array(this.#length);
    const view = new DataView(message.buffer);
    view.setFloat64(0, now, true);
    let at = 8;
    for (const { kind, id, lengths, text } of this.#parts) {
      view.setUint8(at, kind);
      view.setUint8(at + 1, lengths.length);
      view.setUint32(at + 4, id, true);
      view.setUint32(at + 8, text.length, true);
      for (const [index, length] of lengths.entries()) {
        view.setUint32(at + frameHeadBytes + 4 * index, length, true);
      }
      const textAt = at + frameHeadBytes + 4 * lengths.length;
      message.set(text, textAt);
      at = aligned(textAt + text.length);
    }
    return message;
  }
}

/** A frame that the guest handed out. Its fields are the guest's text: hostile. */
export class Frame {
  readonly kind: number;
  readonly id: number;
  /** Of its text: a view into the message. */
  readonly text: Uint8Array;
  readonly #lengths: readonly number[];
  #fields: readonly string[] | undefined;

  constructor(kind: number, id: number, lengths: readonly number[], text: Uint8Array) {
    this.kind = kind;
    this.id = id;
    this.text = text;
    this.#lengths = lengths;
  }

  /** A frame as the guest would have written it. */
  static of(kind: number, id: number, fields: readonly string[]): Frame {
    const lengths = fields.map(({ length }) => length);
    return new Frame(kind, id, lengths, encoder.encode(fields.join('')));
  }

  /** Made when they are first read. @throws RangeError when they are not as long as they say */
  get fields(): readonly string[] {
    if (this.#fields !== undefined) return this.#fields;
    const text = decoder.decode(this.text);
    let from = 0;
    const fields = this.#lengths.map((length) => {
      from += length;
      return text.slice(from - length, from);
    });
    if (from !== text.length) throw new RangeError('The fields of a frame are not its text.');
    this.#fields = fields;
    return fields;
  }
}

/** Reads the frames of `message`; stops with an Error where they are cut short. */
export function* readFrames(message: Uint8Array): Generator<Frame, void> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  while (at < message.length) {
    const kind = view.getUint8(at);
    const count = view.getUint8(at + 1);
    const id = view.getUint32(at + 4, true);
    const size = view.getUint32(at + 8, true);
    const lengths = Array.from({ length: count }, (_, index) =>
      view.getUint32(at + frameHeadBytes + 4 * index, true),
    );
    const textAt = at + frameHeadBytes + 4 * count;
    if (size > message.length - textAt) throw new RangeError('A frame is cut short.');
    yield new Frame(kind, id, lengths, message.subarray(textAt, textAt + size));
    at = aligned(textAt + size);
  }
}

/** The text of a field; empty where the guest left it out. */
export function fieldText(frame: Frame, index: number): string {
  return frame.fields[index] ?? '';
}
