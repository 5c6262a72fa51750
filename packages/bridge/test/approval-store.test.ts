import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { approvalFile } from '../src/approval-file.ts';
import { type ApprovalStore, memoryApprovals } from '../src/approvals.ts';
import { scratchFolder } from './harness.ts';

const fileIn = async () => path.join(await scratchFolder(), 'deep', 'approvals.json');

const stores: Record<string, () => Promise<ApprovalStore>> = {
  memoryApprovals: async () => memoryApprovals(),
  approvalFile: async () => approvalFile(await fileIn(), 'here'),
};

describe.each(Object.entries(stores))('%s', (_name, open) => {
  const pinned = { digest: 'd', parts: { description: '"text"' } };

  test('find() gives what was saved last, for exactly this server and tool', async () => {
    const store = await open();
    expect(await store.find('s', 't')).toBeUndefined();
    await store.save('s', 't', pinned);
    await store.save('s', 't', { ...pinned, digest: 'e' });
    expect(await store.find('s', 't')).toMatchObject({ ...pinned, digest: 'e' });
    for (const [server, tool] of [
      ['s', 'T'],
      ['s"', 't'],
      ['t', 's'],
      ['__proto__', 't'],
    ]) {
      expect(await store.find(server as string, tool as string)).toBeUndefined();
    }
  });

  test('saves at the same time all hold', async () => {
    const store = await open();
    const tools = Array.from({ length: 20 }, (_, index) => `t${index}`);
    await Promise.all(tools.map((tool) => store.save('s', tool, pinned)));
    for (const tool of tools) expect(await store.find('s', tool)).toMatchObject(pinned);
  });
});

test('an approval file is its user’s alone, has no leftovers, and keeps scopes apart', async () => {
  const file = await fileIn();
  await approvalFile(file, 'one').save('s', 't', { digest: 'd', parts: {} });
  expect(await approvalFile(file, 'two').find('s', 't')).toBeUndefined();
  expect(await approvalFile(file, 'two').forget(() => true)).toBe(0);
  expect(await approvalFile(file, 'one').find('s', 't')).toMatchObject({ digest: 'd' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(path.dirname(file))).toEqual(['approvals.json']);
  expect(await approvalFile(file, 'one').forget(() => true)).toBe(1);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 1, approvals: [] });
});

test.each([
  '',
  'null',
  '[]',
  '{"version":2,"approvals":[]}',
  '{"version":1,"approvals":[{}]}',
  '['.repeat(1e5),
])('a file that is not one of ours is an error without its path: %.20s', async (text) => {
  const file = path.join(await scratchFolder(), 'approvals.json');
  await writeFile(file, text);
  const store = approvalFile(file, 'here');
  for (const work of [store.find('s', 't'), store.save('s', 't', { digest: '', parts: {} })]) {
    await expect(work).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.not.stringContaining(file),
    });
  }
  expect(await readFile(file, 'utf8')).toBe(text);
});
