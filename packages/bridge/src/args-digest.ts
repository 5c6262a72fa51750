import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, exceededBound, valueBounds } from '@org/core';

/** BLAKE3 of the canonical form, hex; undefined for text that is no JSON or passes the bounds. */
export function digestOf(paramsJson: string): string | undefined {
  if (exceededBound(paramsJson, valueBounds) !== undefined) return undefined;
  try {
    return bytesToHex(blake3(utf8ToBytes(canonicalJson(JSON.parse(paramsJson)))));
  } catch {
    return undefined;
  }
}
