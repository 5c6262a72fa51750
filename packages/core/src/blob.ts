/**
 * Bytes that stay on the host, by the handles that stand for them in JSON: `blob:` and 40 letters
 * from a to p, made from the bytes, so that equal bytes have one handle. To whoever was not given
 * its blob a handle is a text like any other.
 */
export type Blobs = ReadonlyMap<string, Uint8Array>;

export const blobHandle = /^blob:[a-p]{40}$/;

/** The texts in `json` that have the form of a handle and are the whole of a string. */
export function handlesIn(json: string): ReadonlySet<string> {
  return new Set([...json.matchAll(/"(blob:[a-p]{40})"/g)].map(([, handle]) => handle as string));
}
