import { maxDepth } from './limits.ts';

export interface JsonBounds {
  readonly depth: number;
  /** Objects and arrays together. Each takes about 60 bytes of heap, and 2 bytes of text suffice. */
  readonly containers: number;
}

/** What a value may have that crosses to or from a program. A million containers are about 100 MB of heap. */
export const valueBounds: JsonBounds = Object.freeze({ depth: maxDepth, containers: 1_000_000 });

/** A reply wraps its value in a few levels of protocol. */
export const frameBounds: JsonBounds = Object.freeze({
  depth: maxDepth + 16,
  containers: valueBounds.containers + 1_000,
});

/**
 * Which bound the JSON `text` passes, told without parsing it: parsed JSON takes up to 22 times
 * its text in heap, and the depth of a value can end a later `JSON.stringify`.
 * For text that is not JSON the answer means nothing; its parser refuses it.
 */
export function exceededBound(text: string, bounds: JsonBounds): keyof JsonBounds | undefined {
  let depth = 0;
  let containers = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 0x22: // "
        index = endOfString(text, index);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > bounds.depth) return 'depth';
        if (++containers > bounds.containers) return 'containers';
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
    }
  }
  return undefined;
}

/** Index of the quote that ends the string which begins at `start`, or the text's end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
