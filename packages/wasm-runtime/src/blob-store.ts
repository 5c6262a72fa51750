import { type Blobs, handlesIn, isJsonObject, type JsonValue, SandboxError } from '@org/core';

/** Of all blobs of one run; also of the base64 that is put into its result. */
export const maxBlobBytes = 64 * 1024 * 1024;
/** What a blob counts besides its bytes: more than a snapshot needs to name it. */
const entryBytes = 64;

/** The blobs that one run was given. It outlives the guest's worker; a snapshot has it too. */
export class BlobStore {
  readonly #blobs = new Map<string, Uint8Array>();
  #bytes = 0;

  /** @param before what the run had when it was frozen */
  constructor(before: Blobs = new Map()) {
    this.keep(before);
  }

  get all(): Blobs {
    return new Map(this.#blobs);
  }

  /**
   * Takes over all of `blobs`, or none.
   * @throws SandboxError `QUOTA_EXCEEDED`
   */
  keep(blobs: Blobs): void {
    const added = [...blobs].filter(([handle]) => !this.#blobs.has(handle));
    const bytes = added.reduce((sum, [, blob]) => sum + blob.length + entryBytes, this.#bytes);
    if (bytes > maxBlobBytes) {
      throw new SandboxError(
        'QUOTA_EXCEEDED',
        `The call was carried out, but the blobs of this run would have over ${maxBlobBytes} bytes.`,
        { hint: 'Work on fewer images and files in one run.' },
      );
    }
    for (const [handle, blob] of added) this.#blobs.set(handle, blob);
    this.#bytes = bytes;
  }

  /** Those whose handles are strings of `json`; undefined where there is none. */
  of(json: string): Blobs | undefined {
    if (this.#blobs.size === 0) return undefined;
    const found = new Map<string, Uint8Array>();
    for (const handle of handlesIn(json)) {
      const blob = this.#blobs.get(handle);
      if (blob !== undefined) found.set(handle, blob);
    }
    return found.size === 0 ? undefined : found;
  }

  /** As base64. @throws SandboxError `UNKNOWN_BLOB` */
  read(handle: string): string {
    const blob = this.#blobs.get(handle);
    if (blob !== undefined) return Buffer.from(blob).toString('base64');
    throw new SandboxError('UNKNOWN_BLOB', 'This run was not given a blob of that handle.', {
      hint: 'Pass the text that begins with "blob:" as a result of this run had it.',
    });
  }

  /**
   * The value of JSON text, with base64 in the place of handles of this run; undefined where that
   * would be over `maxBlobBytes`.
   */
  parse(json: string): JsonValue | undefined {
    const value = JSON.parse(json) as JsonValue;
    const blobs = this.of(json);
    if (blobs === undefined) return value;
    const texts = new Map<string, string>();
    let bytes = 0;
    const put = (each: JsonValue): JsonValue => {
      if (typeof each === 'string' && blobs.has(each)) {
        const text = texts.get(each) ?? this.read(each);
        texts.set(each, text);
        bytes += text.length;
        return text;
      }
      if (Array.isArray(each)) return each.map(put);
      if (!isJsonObject(each)) return each;
      return Object.fromEntries(Object.entries(each).map(([key, of]) => [key, put(of)]));
    };
    const whole = put(value);
    return bytes > maxBlobBytes ? undefined : whole;
  }
}
