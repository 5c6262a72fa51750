/**
 * `<folder>`, a small file system of its own: keeps things there, new and again, while the disk is full
 * and while it cannot be written. Prints how that went, in the form of attacks/refusals.ts.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Refusal, refusals } from './attacks/refusals.ts';
import { endOf } from './end-of.ts';
import { type Kept, kept } from './kept.ts';

const [disk = ''] = process.argv.slice(2);
const folder = path.join(disk, 'own');
const filler = path.join(disk, 'filler');

async function fill(): Promise<void> {
  await using file = await open(filler, 'w');
  const isWritten = (bytes: number) =>
    file.write(Buffer.alloc(bytes)).then(
      () => true,
      () => false,
    );
  for (const bytes of [65_536, 4_096, 1]) while (await isWritten(bytes));
}

const remount = (how: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${how}`, disk]);
const states = {
  full: { begin: fill, end: () => rm(filler) },
  readOnly: { begin: async () => remount('ro'), end: async () => remount('rw') },
};

async function refusalOf(
  { keep, find }: Kept,
  { begin, end }: { begin(): Promise<unknown>; end(): Promise<unknown> },
  isAgain: boolean,
): Promise<Refusal> {
  await mkdir(folder);
  if (isAgain) await keep(folder);
  await begin();
  const refused = await endOf(() => keep(folder).then(() => 'kept'));
  const left = await endOf(() => find(folder));
  await end();
  // What cannot be kept again as it is there, is there.
  if (!isAgain) await keep(folder);
  const after = await find(folder);
  if (after !== 'whole') throw new Error(`What is kept now is ${after}.`);
  await rm(folder, { recursive: true });
  return [`${refused.end ?? 'nothing'}`, `${left.end}`];
}

const told: Record<string, object> = {};
for (const name of Object.keys(refusals) as (keyof typeof kept)[]) {
  const full = {
    new: await refusalOf(kept[name], states.full, false),
    again: await refusalOf(kept[name], states.full, true),
  };
  const readOnly = { again: await refusalOf(kept[name], states.readOnly, true) };
  told[name] = { full, readOnly };
}
console.log(JSON.stringify(told));
