import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepOwnScripts } from './child-coverage.ts';
import { guards } from './guards.ts';
import { judge, type LinesOf } from './judge.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('every guard is a file, and says what it keeps', () => {
  expect(Object.keys(guards).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  for (const why of Object.values(guards)) expect(why).not.toBe('');
});

describe('judge()', () => {
  const lines = (covered: number): LinesOf =>
    new Map([
      ['packages/vfs/src/paths.ts', { total: 50, covered: 50, missed: [] }],
      ['packages/core/src/ids.ts', { total: 950, covered, missed: covered === 950 ? [] : [7] }],
    ]);

  test('finds no fault where each guard and enough of the rest is run', () => {
    const { report, faults } = judge(lines(849), ['packages/vfs/src/paths.ts']);
    expect(faults).toEqual(['Coverage: 89.9 % of all lines, which is under 90 %.']);
    expect(judge(lines(850), ['packages/vfs/src/paths.ts']).faults).toEqual([]);
    expect(report).toEqual([
      'Coverage: 89.9 % of 1000 lines (core 89.3, vfs 100); all lines of 1 of 1 guards.',
    ]);
  });

  test('finds a line of a guard that no test runs, whatever the rest has', () => {
    expect(judge(lines(949), ['packages/core/src/ids.ts']).faults).toEqual([
      'Coverage: packages/core/src/ids.ts is listed as a guard; no test runs line 7.',
    ]);
    expect(judge(lines(950), ['packages/core/src/ids.ts']).faults).toEqual([]);
  });

  test('finds a guard that is gone', () => {
    expect(judge(lines(950), ['packages/core/src/moved.ts']).faults).toEqual([
      'Coverage: packages/core/src/moved.ts is listed in test/coverage/guards.ts, and is not there.',
    ]);
  });
});

test('keepOwnScripts() keeps scripts of the repository, and passes over half a file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coverage-'));
  const own = { url: `file://${root}/packages/vfs/dist/paths.js`, functions: [] };
  const other = { url: `file://${root}/node_modules/zod/index.js`, functions: [] };
  const text = JSON.stringify({ result: [own, other] });
  await writeFile(path.join(folder, 'a.json'), text);
  await writeFile(path.join(folder, 'b.json'), text.slice(0, -9));
  await keepOwnScripts(folder);
  const [file = '', ...more] = await readdir(folder);
  expect(more).toEqual([]);
  expect(JSON.parse(await readFile(path.join(folder, file), 'utf8'))).toEqual({ result: [own] });
  await rm(folder, { recursive: true });
  await expect(keepOwnScripts(folder)).resolves.toBeUndefined();
});
