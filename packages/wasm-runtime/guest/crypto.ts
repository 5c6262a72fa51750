/** Random numbers from the run's seed, and digests. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { StartOptions } from '../src/wire.ts';
import { unavailable } from './host.ts';
import {
  bufferOf,
  byteLengthOf,
  bytesOf,
  isView,
  numberToString,
  padStart,
  TypeErrorClass,
  toText,
  toUpperCase,
} from './intrinsics.ts';
import { type Random, seeded } from './random.ts';

let random: Random = seeded([1, 2, 3, 4]);

/** Random numbers follow from `seed` from now on. */
export function reseed(seed: StartOptions['seed']): void {
  random = seeded(seed);
}

export const randomFraction = (): number => random.fraction();

function randomUUID(): string {
  let text = '';
  for (let index = 0; index < 16; index++) {
    let byte = random.uint32() >>> 24;
    if (index === 6) byte = (byte & 0x0f) | 0x40;
    if (index === 8) byte = (byte & 0x3f) | 0x80;
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += padStart(numberToString(byte, 16), 2, '0');
  }
  return text;
}

function getRandomValues<Target extends ArrayBufferView>(target: Target): Target {
  if (!isView(target)) throw new TypeErrorClass('getRandomValues needs a typed array.');
  const bytes = bytesOf(target);
  const size = byteLengthOf(bytes);
  if (size > 65_536) throw new TypeErrorClass('getRandomValues fills at most 65,536 bytes.');
  for (let index = 0; index < size; index++) bytes[index] = random.uint32() >>> 24;
  return target;
}

const digests: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  __proto__: null as never,
  'SHA-1': sha1,
  'SHA-256': sha256,
  'SHA-384': sha384,
  'SHA-512': sha512,
};

async function digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
  const named = typeof algorithm === 'string' ? algorithm : (algorithm as { name?: unknown })?.name;
  const name = toUpperCase(toText(named));
  const hash = digests[name];
  if (hash === undefined) {
    throw unavailable(`The digest ${name}`, 'use SHA-256, SHA-384, SHA-512 or SHA-1.');
  }
  return bufferOf(hash(bytesOf(data)));
}

export const crypto = { getRandomValues, randomUUID, subtle: { digest } };
