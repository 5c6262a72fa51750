/** Saves versions of a skill: `<folder> <pins> <label> <count>`; tells each one that is saved. */
import { parseSkillId } from '@org/core';
import { createSkillStore } from '../src/index.ts';
import { versionOf } from './version-of.ts';

const [folder = '', pins = '', label = '', count = ''] = process.argv.slice(2);
const store = createSkillStore({ folders: [folder], pins });
const id = parseSkillId('shared');
for (let index = 0; index < Number(count); index++) {
  try {
    await store.save(id, versionOf(id, `${label}-${index}`));
    process.stdout.write(`${label}-${index}\n`);
  } catch (error) {
    process.stdout.write(`! ${(error as Error).message}\n`);
  }
}
