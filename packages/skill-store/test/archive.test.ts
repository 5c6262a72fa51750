import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SandboxError } from '@org/core';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { readArchive, type SkillFiles, writeArchive } from '../src/index.ts';
import { id, test } from './folder.ts';
import { versionOf } from './version-of.ts';

const files: SkillFiles = versionOf(id, 'one', 700);
const archive = Buffer.from(writeArchive(id, files));

function refusal(bytes: Uint8Array): string {
  try {
    readArchive(bytes);
    return 'no error';
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return error.message;
  }
}

/** The archive with a header of it changed, and its sum made right. */
function altered(change: (head: Buffer) => void, at = 0): Buffer {
  const copy = Buffer.from(archive);
  const head = copy.subarray(at, at + 512);
  change(head);
  head.fill(' ', 148, 156);
  const sum = head.reduce((all, byte) => all + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

describe('writeArchive() and readArchive()', () => {
  test('give the same files back, and the same bytes for the same files', () => {
    const { id: name, files: read } = readArchive(archive);
    expect(name).toBe('shared');
    expect([...read].map(([file, bytes]) => [file, Buffer.from(bytes)]).sort()).toEqual(
      [...files].map(([file, bytes]) => [file, Buffer.from(bytes)]).sort(),
    );
    const reversed = new Map([...files].reverse());
    expect(Buffer.from(writeArchive(id, reversed)).equals(archive)).toBe(true);
  });

  test('give what tar unpacks, and take no tar of another make', ({ place: { root } }) => {
    const file = path.join(root, 'shared.tar');
    writeFileSync(file, archive);
    execFileSync('tar', ['-xf', file, '-C', root]);
    expect(readdirSync(path.join(root, 'shared')).sort()).toEqual(
      [...files.keys(), 'checksum.blake3'].sort(),
    );
    mkdirSync(path.join(root, 'evil'));
    execFileSync('ln', ['-s', '/etc/passwd', path.join(root, 'evil/SKILL.md')]);
    execFileSync('tar', ['--format=ustar', '-cf', file, '-C', root, 'evil/SKILL.md']);
    const made = execFileSync('cat', [file]);
    expect(refusal(made)).toContain('something else than files');
  });

  const name = (text: string) => (head: Buffer) => {
    head.fill(0, 0, 100);
    head.write(text, 0, 'latin1');
  };
  test.for<[string, (head: Buffer) => void, string]>([
    ['a path out of the folder', name('../SKILL.md'), 'cannot be named'],
    ['an absolute path', name('/etc/passwd'), 'a file that no skill has'],
    ['a path below', name('shared/a/SKILL.md'), 'a file that no skill has'],
    ['another file', name('shared/run.sh'), 'a file that no skill has'],
    ['a name that cannot be', name('CON/SKILL.md'), 'cannot be named'],
    ['another skill', name('other/SKILL.md'), 'more than one skill'],
    ['a file twice', name('shared/metadata.json'), 'twice'],
    ['a symlink', (head) => head.write('2', 156), 'something else than files'],
    ['a hard link', (head) => head.write('1', 156), 'something else than files'],
    ['a device', (head) => head.write('3', 156), 'something else than files'],
    ['a long name', (head) => head.write('L', 156), 'something else than files'],
    ['a link name', (head) => head.write('x', 157), 'a link or a long path'],
    ['a prefix', (head) => head.write('../..', 345), 'a link or a long path'],
    ['a size over the limit', (head) => head.write('77777777777', 124), 'bytes'],
    ['a size that is none', (head) => head.write('-0000000001', 124), 'amiss'],
  ])('refuse %s', ([, change, why]) => {
    // The second header: the first one names checksum.blake3.
    expect(refusal(altered(change, 1024))).toContain(why);
  });

  test('refuse an archive that was cut anywhere', () => {
    for (let length = 0; length < archive.length - 1024; length += 97) {
      expect(refusal(archive.subarray(0, length)), String(length)).not.toBe('no error');
    }
  });

  test('refuse or read any bytes, and throw nothing else', () => {
    fc.assert(
      fc.property(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const copy = Buffer.from(archive);
        copy.writeUInt8(copy.readUInt8(index) ^ flip, index);
        refusal(copy);
      }),
      { numRuns: 300 },
    );
  });
});
