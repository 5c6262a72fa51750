import { chmod, mkdir, readdir, symlink } from 'node:fs/promises';
import { expect } from 'vitest';
import { test, type Workshop } from './harness.ts';

const keptIn = async (workshop: Workshop, folder: string) =>
  (await readdir(workshop.path(folder), { recursive: true }).catch(() => [])).length;
const help = (workshop: Workshop, cache: string) =>
  workshop.cli(['--help'], {
    env: {
      MCP_CLI_CACHE: cache,
      NODE_COMPILE_CACHE: undefined,
      NODE_DISABLE_COMPILE_CACHE: undefined,
    },
  });

test('what V8 compiled of the command line is kept beside the other caches', async ({
  workshop,
}) => {
  expect((await help(workshop, workshop.path('cache'))).code).toBe(0);
  const kept = await keptIn(workshop, 'cache/code');
  expect(kept).toBeGreaterThan(2);
  expect((await help(workshop, workshop.path('cache'))).code).toBe(0);
  expect(await keptIn(workshop, 'cache/code')).toBe(kept);
});

test('no code is kept where no cache is wanted', async ({ workshop }) => {
  expect((await help(workshop, '')).code).toBe(0);
  expect(await readdir(workshop.folder)).toEqual([]);
});

test.for([
  ['a cache folder that others can write to', async (folder: string) => chmod(folder, 0o777)],
  [
    'a code folder that others can write to',
    async (folder: string) => {
      await mkdir(`${folder}/code`);
      await chmod(`${folder}/code`, 0o777);
    },
  ],
  [
    'a link to a folder elsewhere',
    async (folder: string) => {
      await mkdir(`${folder}/elsewhere`);
      await symlink(`${folder}/elsewhere`, `${folder}/code`);
    },
  ],
] as const)('no code is kept in, or run from, %s', async ([, prepare], { workshop }) => {
  await mkdir(workshop.path('cache'), { mode: 0o700 });
  await prepare(workshop.path('cache'));
  expect((await help(workshop, workshop.path('cache'))).code).toBe(0);
  expect(await readdir(workshop.path('cache/code'))).toEqual([]);
});

test('a program without a fault is remembered, and not checked again while nothing changes', async ({
  workshop,
}) => {
  const env = { MCP_CLI_CACHE: workshop.path('cache') };
  await workshop.write('program.ts', 'export default 6 * 7;');
  const run = (...args: string[]) => workshop.cli(['execute', 'program.ts', ...args], { env });
  const verdicts = async () =>
    (await readdir(workshop.path('cache/verdicts'), { recursive: true }).catch(() => [])).filter(
      (name) => name.endsWith('.json'),
    );
  expect((await run('--no-cache')).stdout).toBe('42\n');
  expect(await verdicts()).toEqual([]);
  expect((await run()).stdout).toBe('42\n');
  expect(await verdicts()).toHaveLength(1);
  expect((await run()).stdout).toBe('42\n');
  expect(await verdicts()).toHaveLength(1);
  await workshop.write('program.ts', 'export default (6 * 7).lenght;');
  expect(await run()).toMatchObject({ code: 1, stdout: '' });
  expect(await verdicts()).toHaveLength(1);
});
