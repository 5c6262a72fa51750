import { timingSafeEqual } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  checksumName,
  damaged,
  isSkillFile,
  type SkillFileName,
  type SkillFiles,
} from './skill-files.ts';

/** BLAKE3, hex. */
export function digestOf(bytes: Uint8Array): string {
  return bytesToHex(blake3(bytes));
}

/** Whether two digests are the same, in a time that does not tell where they differ. */
export function sameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Text of `checksum.blake3`: a line a file, sorted by name, as `b3sum` writes and checks it. */
export function checksumText(files: SkillFiles): string {
  const lines = [...files].map(([name, bytes]) => `${digestOf(bytes)}  ${name}\n`);
  return lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('');
}

const line = /^([0-9a-f]{64}) {2}(.+)$/u;

/** The digests in a `checksum.blake3`; undefined for a text that is none. */
function parseChecksum(text: string): ReadonlyMap<SkillFileName, string> | undefined {
  const digests = new Map<SkillFileName, string>();
  if (!text.endsWith('\n')) return undefined;
  for (const one of text.slice(0, -1).split('\n')) {
    const [, digest, name] = line.exec(one) ?? [];
    if (digest === undefined || name === undefined || !isSkillFile(name) || digests.has(name)) {
      return undefined;
    }
    digests.set(name, digest);
  }
  return digests;
}

/**
 * Checks every file against the checksum, which must name those that are there and no others.
 * @throws SandboxError `SKILL_DAMAGED`
 */
export function checkFiles(skill: string, files: SkillFiles, checksum: string): void {
  const digests = parseChecksum(checksum);
  if (digests === undefined) throw damaged(skill, `${checksumName} is not a list of digests`);
  for (const [name, bytes] of files) {
    const digest = digests.get(name);
    if (digest === undefined) throw damaged(skill, `${checksumName} does not name ${name}`);
    if (!sameDigest(digest, digestOf(bytes))) {
      throw damaged(skill, `${name} is not what ${checksumName} says`);
    }
  }
  for (const name of digests.keys())
    if (!files.has(name)) throw damaged(skill, `${name} is missing`);
}

/** Names of the files whose digests differ between two checksums, sorted. */
export function changedFiles(before: string, after: string): string[] {
  const [one, other] = [parseChecksum(before) ?? new Map(), parseChecksum(after) ?? new Map()];
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}
