import { lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean, parseSkillId, SandboxError, type SkillId } from '@org/core';
import { checksumText, digestOf } from './checksum.ts';
import { skillPins } from './pins.ts';
import { publish, unpublish } from './publish.ts';
import { isMissing } from './read-folder.ts';
import { readSkillFiles } from './read-skill.ts';
import { type CheckedSkill, type Skill, skillOf } from './skill.ts';
import { checksumName, type SkillFileName, type SkillFiles } from './skill-files.ts';
import { stagingName } from './staging.ts';

export interface SkillStoreOptions {
  /** Folders of skills, absolute, the nearest first. Skills are saved in the first one. */
  readonly folders: readonly string[];
  /**
   * Folder in which it is kept which versions of skills may be run. It has to lie where nobody who
   * brings a skill can write. Left out: none is ever trusted.
   */
  readonly pins?: string | undefined;
}

/** What is in the folders: skills, and why others are none. */
export interface SkillListing {
  readonly skills: readonly Skill[];
  readonly unusable: readonly {
    readonly name: string;
    readonly folder: string;
    readonly reason: string;
  }[];
}

export interface SavedSkill {
  readonly folder: string;
  readonly digest: string;
}

/** Skills on disk. */
export interface SkillStore {
  /**
   * Saves a version of a skill, in place of the one that is there. Whole or not at all, whatever
   * happens meanwhile.
   * @param trusted whether it may be run without asking; default true
   * @throws SandboxError `USAGE`: the disk refuses, or a link or file has the skill's name
   */
  save(id: SkillId, files: SkillFiles, trusted?: boolean): Promise<SavedSkill>;
  /**
   * Saves a skill where it was read, with another content of one file. Trusted if it was before.
   * @throws as `save`
   */
  replaceFile(skill: CheckedSkill, name: SkillFileName, bytes: Uint8Array): Promise<SavedSkill>;
  /** @throws SandboxError `SKILL_NOT_FOUND` with a suggestion, or `SKILL_DAMAGED` */
  read(id: SkillId): Promise<Skill>;
  /** Names of what could be a skill, sorted; reads none of them. */
  names(): Promise<readonly SkillId[]>;
  list(): Promise<SkillListing>;
  /** @throws SandboxError `SKILL_NOT_FOUND`, or `USAGE` where the disk refuses */
  remove(id: SkillId): Promise<void>;
  /** Whether exactly this version was saved by the user or agreed to. */
  isTrusted(skill: CheckedSkill): Promise<boolean>;
  /** Lets exactly this version be run. @throws SandboxError `USAGE` without a folder for pins */
  trust(skill: CheckedSkill): Promise<void>;
  /** Checksum texts of the versions of this skill that may be run; none where it is new here. */
  trustedVersions(skill: CheckedSkill): Promise<readonly string[]>;
}

export function createSkillStore({ folders, pins: root }: SkillStoreOptions): SkillStore {
  const pins = root === undefined ? undefined : skillPins(root);
  const [own] = folders as readonly [string];

  /** The folder that has a skill of this name; the nearest wins. */
  async function find(id: SkillId): Promise<{ skills: string; skill: Skill } | undefined> {
    for (const skills of folders) {
      const files = await readSkillFiles(skills, id);
      if (files !== undefined)
        return { skills, skill: await skillOf(id, path.join(skills, id), files) };
    }
    return undefined;
  }

  async function notFound(id: SkillId): Promise<SandboxError> {
    const known = await names();
    const suggestion = didYouMean(id, known);
    return new SandboxError('SKILL_NOT_FOUND', `There is no skill named ${id}.${suggestion}`, {
      hint:
        known.length === 0
          ? `No skill was found in ${folders.join(', ')}.`
          : 'See mcp-cli skill list.',
    });
  }

  async function namesIn(skills: string): Promise<string[]> {
    const entries = await readdir(skills, { withFileTypes: true }).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const shown = entries.filter((entry) => !entry.isFile() && entry.name !== stagingName);
    return shown.map(({ name }) => name).sort();
  }

  async function names(): Promise<readonly SkillId[]> {
    const all = await Promise.all(folders.map(namesIn));
    return [...new Set(all.flat().filter(isSkillId))].sort();
  }

  async function isTrusted({ folder, digest }: CheckedSkill): Promise<boolean> {
    return (await pins?.has(folder, digest)) ?? false;
  }

  async function saveIn(
    skills: string,
    id: SkillId,
    files: SkillFiles,
    trusted: boolean,
  ): Promise<SavedSkill> {
    const folder = path.join(skills, id);
    const checksum = checksumText(files);
    const digest = digestOf(Buffer.from(checksum));
    const all = new Map<string, Uint8Array>([...files, [checksumName, Buffer.from(checksum)]]);
    try {
      await makeFolder(skills);
      // Trusted before it is there: a stop between leaves the old version, which is trusted too.
      const pinned = trusted ? pins?.add(folder, checksum) : undefined;
      // It is awaited where it matters, which may be after it has failed.
      pinned?.catch(() => {});
      try {
        await publish(skills, id, all as Parameters<typeof publish>[2], pinned);
      } finally {
        // Whatever came of it: nothing is written any more once this has ended.
        await Promise.allSettled([pinned]);
      }
      await pins?.keepOnly(folder, digest);
    } catch (error) {
      throw cannot('save', id, error);
    }
    return { folder, digest };
  }

  return {
    save: (id, files, trusted = true) => saveIn(own, id, files, trusted),
    async replaceFile(skill, name, bytes) {
      const files = new Map([...skill.files, [name, bytes] as const]);
      return saveIn(path.dirname(skill.folder), skill.id, files, await isTrusted(skill));
    },
    async read(id) {
      const found = await find(id);
      if (found === undefined) throw await notFound(id);
      return found.skill;
    },
    names,
    async list() {
      const skills: Skill[] = [];
      const unusable: { name: string; folder: string; reason: string }[] = [];
      const seen = new Set<string>();
      for (const folder of folders) {
        for (const name of await namesIn(folder)) {
          if (seen.has(name)) continue;
          seen.add(name);
          try {
            const id = parseSkillId(name);
            const files = await readSkillFiles(folder, id);
            if (files !== undefined) skills.push(await skillOf(id, path.join(folder, name), files));
          } catch (error) {
            if (!(error instanceof SandboxError)) throw error;
            unusable.push({ name, folder, reason: error.message });
          }
        }
      }
      return { skills, unusable };
    },
    async remove(id) {
      for (const skills of folders) {
        try {
          if (!(await unpublish(skills, id))) continue;
          await pins?.forget(path.join(skills, id));
          return;
        } catch (error) {
          throw cannot('remove', id, error);
        }
      }
      throw await notFound(id);
    },
    isTrusted,
    async trust({ id, folder, checksum, digest }) {
      if (pins === undefined) {
        throw new SandboxError('USAGE', 'There is no place to note which skills are trusted.', {
          hint: 'Set HOME, or XDG_CONFIG_HOME, to a folder of your own.',
        });
      }
      try {
        await pins.add(folder, checksum);
        await pins.keepOnly(folder, digest);
      } catch (error) {
        throw cannot('trust', id, error);
      }
    },
    trustedVersions: async ({ folder }) => (await pins?.versions(folder)) ?? [],
  };
}

function isSkillId(name: string): name is SkillId {
  try {
    parseSkillId(name);
    return true;
  } catch {
    return false;
  }
}

/** Makes `.claude/skills` where it is missing; neither of its two folders may be a link. */
async function makeFolder(skills: string): Promise<void> {
  for (const folder of [path.dirname(skills), skills]) {
    await mkdir(folder, { mode: 0o700 }).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if ((await lstat(folder)).isDirectory()) continue;
    throw new SandboxError('USAGE', `${folder} is a link or a file, not a folder.`, {
      hint: 'Links are not followed: make it a folder, or save from another one.',
    });
  }
}

function cannot(action: string, id: SkillId, cause: unknown): SandboxError {
  if (cause instanceof SandboxError) return cause;
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const whys: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota of the disk is used up',
    EROFS: 'the disk can only be read',
    EACCES: 'the folder may not be written to',
  };
  const why = Object.hasOwn(whys, code) ? `${whys[code]} (${code})` : code;
  return new SandboxError('USAGE', `Cannot ${action} the skill ${id}: ${why}.`, {
    hint:
      action === 'save' ? 'What was there before is unchanged.' : 'Correct that, and try again.',
    cause,
  });
}
