/** Saves on a disk that becomes full: `<disk> <pins>`. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseSkillId } from '@org/core';
import { type CheckedSkill, createSkillStore } from '../src/index.ts';
import { versionIn, versionOf } from './version-of.ts';

const [disk = '', pins = ''] = process.argv.slice(2);
const skills = path.join(disk, '.claude', 'skills');
const store = createSkillStore({ folders: [skills], pins });
const id = parseSkillId('shared');
const save = (version: string, bytes: number) =>
  store.save(id, versionOf(id, version, bytes)).then(
    () => 'saved',
    (error: Error) => error.message,
  );
const small = await save('small', 10_000);
const large = await save('large', 200_000);
const skill = (await store.read(id)) as CheckedSkill;
const after = versionIn(skill.files);
const trusted = await store.isTrusted(skill);
const staged = await readdir(path.join(skills, '.mcp-cli'));
const again = await save('again', 10_000);
const last = versionIn((await store.read(id)).files);
console.log(JSON.stringify({ small, large, after, trusted, staged, again, last }));
