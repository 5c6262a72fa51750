import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export const secret = 'canary-of-a-file-3d7f';

const flipped = async (file: string, part: number) => {
  const bytes = await readFile(file);
  const place = Math.floor(bytes.length * part);
  bytes[place] = (bytes[place] ?? 0) ^ 0x10;
  await writeFile(file, bytes);
};

const linked = async (file: string, target: string) => {
  await rm(file);
  await symlink(target, file);
};

/** What somebody who can write to the disk does to a file. */
export const damages = {
  'it is gone': (file: string) => rm(file),
  'it is empty': (file: string) => truncate(file),
  'half of it is missing': async (file: string) =>
    truncate(file, Math.floor((await readFile(file)).length / 2)),
  'a bit at its start is another': (file: string) => flipped(file, 0),
  'a bit in its middle is another': (file: string) => flipped(file, 0.5),
  'it is text': (file: string) => writeFile(file, 'not what it was'),
  'it is JSON of somebody else': (file: string) => writeFile(file, '{"version":1,"a":[1]}'),
  'it has the key __proto__': (file: string) =>
    writeFile(file, '{"__proto__":{"polluted":1},"version":1}'),
  'it has a hundred thousand levels': (file: string) =>
    writeFile(file, `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  'it has a gigabyte': (file: string) => truncate(file, 2 ** 30),
  'it is a folder': async (file: string) => {
    await rm(file);
    await mkdir(file);
  },
  'it is a link to a secret': async (file: string) => {
    const target = path.join(path.dirname(file), '..', 'secret');
    await writeFile(target, secret);
    await linked(file, target);
  },
  'it is a link to itself': (file: string) => linked(file, file),
  'it is a link to a device without end': (file: string) => linked(file, '/dev/zero'),
  'it is a pipe': async (file: string) => {
    await rm(file);
    await promisify(execFile)('mkfifo', [file]);
  },
  'it is open to all': (file: string) => chmod(file, 0o666),
  'it was moved': (file: string) => rename(file, `${file}.old`),
} as const;

export type Damage = keyof typeof damages;
