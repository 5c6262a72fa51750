/**
 * Saves versions of a skill and tells each one that is saved: `<root> <label> <count>` into one place,
 * `<root> <label>` into four places at once, for ever.
 */
import path from 'node:path';
import { parseSkillId } from '@org/core';
import { createSkillStore } from '../src/store.ts';
import { versionOf } from './version-of.ts';

const [root = '', label = '', count] = process.argv.slice(2);
const id = parseSkillId('shared');

async function save(place: number): Promise<void> {
  const skills = path.join(root, `skills${place}`);
  const store = createSkillStore({ folders: [skills], pins: path.join(root, `pins${place}`) });
  for (let index = 0; index < Number(count ?? Infinity); index++) {
    try {
      await store.save(id, versionOf(id, `${label}-${index}`));
      process.stdout.write(`${label}-${index}@${place}\n`);
    } catch (error) {
      process.stdout.write(`! ${(error as Error).message}\n`);
    }
  }
}

await Promise.all((count === undefined ? [0, 1, 2, 3] : [0]).map(save));
