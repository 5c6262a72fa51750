import { randomBytes, randomInt } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '@org/core';
import { digestOf, sameDigest } from './checksum.ts';
import { isMissing } from './read-folder.ts';
import { maxFileBytes } from './skill-files.ts';
import { syncFolder } from './staging.ts';

/** What the user has saved or agreed to, of skills in one folder. Kept apart from the skills. */
export interface SkillPins {
  /** Checksum texts of the versions of a skill's folder that may be run. */
  versions(folder: string): Promise<readonly string[]>;
  has(folder: string, digest: string): Promise<boolean>;
  /** Lets a version be run, from when this resolves on. @param checksum its `checksum.blake3` */
  add(folder: string, checksum: string): Promise<void>;
  /**
   * Leaves this version as the only one; those that others add at the same time stay, and of more
   * than 64 the rest goes with later calls.
   */
  keepOnly(folder: string, digest: string): Promise<void>;
  forget(folder: string): Promise<void>;
}

/** A writer that adds its version has published it by then. */
const overlapMs = 60_000;
const sweep = 64;
const fileName = /^[0-9a-f]{64}\.b3$/u;

/**
 * Pins as files: a folder a skill, named by the digest of its path, with a file a version, named by
 * the version's digest and holding its checksums. So writers never overwrite each other's.
 * @param root folder of the user's alone, such as `~/.config/mcp-cli/skills`; made if it is missing
 */
export function skillPins(root: string): SkillPins {
  const place = (folder: string) =>
    path.join(root, digestOf(Buffer.from(path.resolve(folder))).slice(0, 32));
  const names = async (folder: string) => {
    const found = await readdir(place(folder)).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return found.filter((name) => fileName.test(name));
  };
  return {
    async versions(folder) {
      const texts = (await names(folder)).map((name) => readPin(path.join(place(folder), name)));
      return (await Promise.all(texts)).filter((text) => text !== undefined);
    },
    async has(folder, digest) {
      let found = false;
      // All of them, so that the time tells nothing of which one it is.
      for (const name of await names(folder)) found = sameDigest(name, `${digest}.b3`) || found;
      return found;
    },
    async add(folder, checksum) {
      const own = place(folder);
      makeFolder(own, (one) => mkdirSync(one, { mode: 0o700 }));
      const temporary = path.join(own, `${randomBytes(6).toString('hex')}.tmp`);
      try {
        const handle = await open(temporary, 'wx', 0o600);
        try {
          await handle.writeFile(checksum);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, path.join(own, `${digestOf(Buffer.from(checksum))}.b3`));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder(own);
    },
    async keepOnly(folder, digest) {
      const others = (await names(folder)).filter((name) => name !== `${digest}.b3`);
      // Many writers at once leave many: each looks at a part, not all at all.
      const from = others.length > sweep ? randomInt(others.length) : 0;
      for (const name of [...others.slice(from), ...others.slice(0, from)].slice(0, sweep)) {
        const file = path.join(place(folder), name);
        const found = await stat(file).catch(() => undefined);
        if (found !== undefined && Date.now() - found.mtimeMs > overlapMs)
          await rm(file, { force: true });
      }
    },
    forget: (folder) => rm(place(folder), { recursive: true, force: true }),
  };
}

async function readPin(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size > maxFileBytes['checksum.blake3']) return undefined;
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
