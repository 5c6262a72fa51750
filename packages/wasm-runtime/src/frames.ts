/** The host's side of the step protocol: writes and reads frames. See wire.ts. */

/** A frame that the guest handed out. Its fields are the guest's text: hostile. */
export interface Frame {
  readonly kind: number;
  readonly id: number;
  /** Views into the message; decode them with `fieldText`. */
  readonly fields: readonly Uint8Array[];
}

const encoder = new TextEncoder();
// A byte order mark is part of the text: a file must come out as it went in.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** One message into the guest: the clock of the step, then frames. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 8;

  frame(kind: number, id: number, ...fields: readonly string[]): this {
    const head = new Uint8Array(6);
    const view = new DataView(head.buffer);
    view.setUint8(0, kind);
    view.setUint32(1, id, true);
    view.setUint8(5, fields.length);
    this.#add(head);
    for (const field of fields) {
      const text = encoder.encode(field);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, text.length, true);
      this.#add(length);
      this.#add(text);
    }
    return this;
  }

  #add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** Whether no frame was written. */
  get empty(): boolean {
    return this.#parts.length === 0;
  }

  /** @param now milliseconds since 1970 that the guest's clock shows in this step */
  finish(now: number): Uint8Array {
    const message = new Uint8Array(this.#length);
    new DataView(message.buffer).setFloat64(0, now, true);
    let at = 8;
    for (const part of this.#parts) {
      message.set(part, at);
      at += part.length;
    }
    return message;
  }
}

/** Reads the frames of `message`; stops with an Error where they are cut short. */
export function* readFrames(message: Uint8Array): Generator<Frame, void> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  while (at < message.length) {
    const kind = view.getUint8(at);
    const id = view.getUint32(at + 1, true);
    const count = view.getUint8(at + 5);
    at += 6;
    const fields: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const length = view.getUint32(at, true);
      at += 4;
      if (length > message.length - at) throw new RangeError('A frame is cut short.');
      fields.push(message.subarray(at, at + length));
      at += length;
    }
    yield { kind, id, fields };
  }
}

/** The text of a field; empty where the guest left it out. */
export function fieldText(frame: Frame, index: number): string {
  const field = frame.fields[index];
  return field === undefined ? '' : decoder.decode(field);
}
