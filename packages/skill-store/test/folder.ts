import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSkillId } from '@org/core';
import { test as base } from 'vitest';
import { createSkillStore, type SkillStore } from '../src/index.ts';

export const id = parseSkillId('shared');

export interface Place {
  readonly root: string;
  /** Folder of skills; not there at first. */
  readonly skills: string;
  readonly pins: string;
  readonly store: SkillStore;
}

async function makePlace(within: string): Promise<Place> {
  const root = await realpath(await mkdtemp(path.join(within, 'skills-')));
  const skills = path.join(root, '.claude', 'skills');
  const pins = path.join(root, 'config', 'skills');
  return { root, skills, pins, store: createSkillStore({ folders: [skills], pins }) };
}

/** Thousands of saves that all wait for a disk would test the disk. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A test with a folder of its own. */
export const test = base.extend<{ place: Place; memory: Place }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from it.
  place: async ({}, use) => {
    const place = await makePlace(tmpdir());
    await use(place);
    await rm(place.root, { recursive: true, force: true });
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from it.
  memory: async ({}, use) => {
    const place = await makePlace(memory);
    await use(place);
    await rm(place.root, { recursive: true, force: true });
  },
});
