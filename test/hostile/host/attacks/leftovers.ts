import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { kept } from '../kept.ts';

/** Leaves something beside `file` as a process that was killed does; `pid` is the id of one. */
type Leave = (file: string, pid: number) => Promise<unknown>;

async function old(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  const then = Date.now() / 1_000 - 120;
  await utimes(file, then, then);
}

const staged = (file: string, name: string) =>
  path.join(path.dirname(file), '..', '.mcp-cli', name);

/** Row 25: what a process leaves that is killed. What was kept is whole, and can be kept again. */
export const leftovers: Readonly<
  Partial<Record<keyof typeof kept, Readonly<Record<string, Leave>>>>
> = {
  'observed types': {
    'its lock': (file, pid) =>
      writeFile(`${file}.lock`, JSON.stringify({ pid, host: hostname(), id: 'x' })),
    'a lock that it was about to write': (file) => old(`${file}.lock`, ''),
    'its lock on another machine': (file) =>
      old(`${file}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' })),
    'its lock, and the one for taking that over': async (file, pid) => {
      await writeFile(`${file}.lock`, JSON.stringify({ pid, host: hostname(), id: 'x' }));
      await old(`${file}.lock.stale`, '');
    },
    'a draft': (file) => writeFile(`${file}.a.tmp`, 'ty'),
  },
  approvals: { 'a draft': (file) => writeFile(`${file}.a.tmp`, '{"version":') },
  'trusted configurations': { 'a draft': (file) => writeFile(`${file}.a.tmp`, '{"version":') },
  'recorded runs': {
    'its lock': async (file) => {
      await mkdir(`${file}.hosts`, { recursive: true });
      await old(path.join(`${file}.hosts`, '6f9619ff-8b86-4d01-b42d-00cf4fc964ff.lock'), '');
    },
    'half of what it was writing': (file) => writeFile(`${file}-wal`, '7\u007f\u0006\u0082'),
  },
  'the text of a skill': {
    'half of a version': async (file, pid) => {
      await mkdir(staged(file, `shared.${pid}.00.new`), { recursive: true });
      await writeFile(staged(file, `shared.${pid}.00.new/SKILL.md`), '---\nname: sha');
    },
    'the version, put aside to replace it': async (file, pid) => {
      await mkdir(staged(file, '.'), { recursive: true });
      await rename(path.dirname(file), staged(file, `shared.${pid}.00.old`));
    },
  },
};
