import { blake3 } from '@noble/hashes/blake3.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { StartOptions } from './wire.ts';

/** The words from which all random numbers follow. @param seed left out: others each time */
export function seedWords(seed: string | undefined): StartOptions['seed'] {
  const bytes =
    seed === undefined ? crypto.getRandomValues(new Uint8Array(16)) : blake3(utf8ToBytes(seed));
  const words = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const word = (index: number) => words.getUint32(index * 4, true);
  return [word(0), word(1), word(2), word(3)];
}
