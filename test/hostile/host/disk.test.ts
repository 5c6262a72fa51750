import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SandboxError } from '@org/core';
import { describe, expect, test } from 'vitest';
import { diskEnds } from './attacks/disk.ts';
import { type Damage, damages, secret } from './damage.ts';
import { kept } from './kept.ts';
import { hostNames } from './unchanged.ts';

/** `whole`, `none`, or the code with which it is refused. */
async function endOf(work: () => Promise<unknown>): Promise<{ end: unknown; text: string }> {
  try {
    const end = await work();
    return { end, text: JSON.stringify(end) };
  } catch (error) {
    if (error instanceof SandboxError)
      return { end: error.code, text: `${error.message} ${error.hint}` };
    return { end: (error as NodeJS.ErrnoException).code, text: '' };
  }
}

describe.each(Object.entries(diskEnds))('%s', (name, ends) => {
  const { keep, find } = kept[name as keyof typeof kept];
  test.each(Object.entries(ends))('where %s: %s', async (damage, wanted) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hostile-disk-'));
    try {
      const file = await keep(folder);
      expect(await find(folder)).toBe('whole');
      const before = hostNames();
      await damages[damage as Damage](file);
      const { end, text } = await endOf(() => find(folder));
      expect(end).toBe(wanted);
      expect(text).not.toContain(secret);
      expect([hostNames(), 'polluted' in {}]).toEqual([before, false]);
      // What is put right is right.
      await rm(file, { recursive: true, force: true });
      await keep(folder);
      expect(await find(folder)).toBe('whole');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
