import { parseSkillId, SandboxError, type SkillId } from '@org/core';
import { checkFiles, checksumText } from './checksum.ts';
import { parseMetadata, type SkillMetadata } from './metadata.ts';
import {
  checksumName,
  isSkillFile,
  maxFileBytes,
  type SkillFileName,
  type SkillFiles,
  skillFileNames,
} from './skill-files.ts';

/*
 * An archive is a tar file (ustar, POSIX.1-2017, pax) with the files of one skill below a folder of
 * its name, in a fixed order, without times or owners: the same skill gives the same bytes, and `tar`
 * unpacks it. Only such archives are read: what a skill has no use for is refused, not skipped.
 */

const block = 512;

function refuse(why: string): never {
  throw new SandboxError('SKILL_DAMAGED', `The archive cannot be imported: ${why}.`, {
    hint: 'Make it with mcp-cli skill export.',
  });
}

function header(name: string, bytes: number): Buffer {
  const head = Buffer.alloc(block);
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, '0');
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, octal(0o600, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(bytes, 12)],
    [136, octal(0, 12)],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\u000000'],
  ];
  for (const [offset, text] of fields) head.write(text, offset, 'latin1');
  head.write(`${octal(sumOf(head), 7)}\0 `, 148, 'latin1');
  return head;
}

/** Sum of a header's bytes, its own field counted as spaces. */
function sumOf(head: Buffer): number {
  let sum = 0;
  for (const [index, byte] of head.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  return sum;
}

/** A skill as one file. The same skill gives the same bytes. */
export function writeArchive(id: SkillId, files: SkillFiles): Uint8Array {
  const checksum = Buffer.from(checksumText(files));
  const contents: (readonly [string, Uint8Array])[] = [[checksumName, checksum]];
  for (const name of skillFileNames) {
    const bytes = files.get(name);
    if (bytes !== undefined) contents.push([name, bytes]);
  }
  const parts = contents.flatMap(([name, bytes]) => [
    header(`${id}/${name}`, bytes.length),
    bytes,
    Buffer.alloc((block - (bytes.length % block)) % block),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

export interface ArchivedSkill {
  readonly id: SkillId;
  readonly files: SkillFiles;
  readonly metadata: SkillMetadata;
}

/**
 * The skill in an archive, checked against its checksums. The bytes may come from anybody.
 * @throws SandboxError `SKILL_DAMAGED`: not the files of one skill with their digests; `INVALID_NAME`
 */
export function readArchive(bytes: Uint8Array): ArchivedSkill {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<SkillFileName, Uint8Array>();
  let checksum: string | undefined;
  let skill: string | undefined;
  let offset = 0;
  for (;;) {
    if (offset + block > archive.length) refuse('it was cut short');
    const head = archive.subarray(offset, offset + block);
    if (head.every((byte) => byte === 0)) break;
    const entry = parseHeader(head);
    offset += block;
    if (skill !== undefined && entry.skill !== skill) refuse('it has more than one skill');
    skill = entry.skill;
    const content = archive.subarray(offset, offset + entry.bytes);
    if (content.length < entry.bytes) refuse('it was cut short');
    offset += Math.ceil(entry.bytes / block) * block;
    if (entry.name === checksumName && checksum === undefined) checksum = content.toString('utf8');
    else if (isSkillFile(entry.name) && !files.has(entry.name)) files.set(entry.name, content);
    else refuse(`it has ${entry.name} twice`);
  }
  if (skill === undefined || checksum === undefined) return refuse('it has no checksums');
  checkFiles(skill, files, checksum);
  const metadata = files.get('metadata.json');
  if (metadata === undefined) return refuse('it has no metadata.json');
  return { id: parseSkillId(skill), files, metadata: parseMetadata(skill, metadata) };
}

interface Entry {
  readonly skill: string;
  readonly name: SkillFileName | typeof checksumName;
  readonly bytes: number;
}

function parseHeader(head: Buffer): Entry {
  const text = (start: number, end: number) =>
    head.toString('latin1', start, end).replace(/\0[\s\S]*$/u, '');
  const octal = (start: number, end: number) => {
    const digits = text(start, end).trim();
    return /^[0-7]{1,11}$/u.test(digits) ? Number.parseInt(digits, 8) : refuse('a header is amiss');
  };
  if (text(257, 262) !== 'ustar') refuse('it is no tar file of that kind');
  if (octal(148, 156) !== sumOf(head)) refuse('the sum of a header is wrong');
  const type = String.fromCharCode(head[156] ?? 0);
  if (type !== '0' && type !== '\0') refuse('it has something else than files, such as a link');
  if (text(157, 257) !== '' || text(345, 500) !== '') refuse('it has a link or a long path');
  const [skill = '', name = '', ...rest] = text(0, 100).split('/');
  const known = isSkillFile(name) || name === checksumName;
  if (!known || rest.length > 0) return refuse('it has a file that no skill has');
  parseSkillId(skill);
  const bytes = octal(124, 136);
  if (bytes > maxFileBytes[name]) refuse(`${name} has over ${maxFileBytes[name]} bytes`);
  return { skill, name, bytes };
}
