import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Results, scoreOf } from './results.ts';
import { areas, targets } from './targets.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');
const { scores, files } = JSON.parse(read('test/mutation/results.json')) as Results;

test('each file that is listed is there, and in the results, and no other', () => {
  const listed = targets.map(({ file }) => file);
  expect(listed.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  expect(Object.keys(files).sort()).toEqual(listed.toSorted());
});

test('each test that is listed is there', () => {
  const tests = targets.flatMap((one) => one.tests);
  expect(tests.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

test.each(areas)('the score of %s is that of its files, and 90 %% at least', (area) => {
  const ofArea = targets.flatMap((one) => (one.area === area ? (files[one.file] ?? []) : []));
  expect(scores[area]).toBe(scoreOf(ofArea));
  expect(scores[area]).toBeGreaterThanOrEqual(90);
});

test('the pages say the scores', () => {
  for (const page of ['docs/security.md', 'CONTRIBUTING.md']) {
    for (const area of areas) expect(read(page)).toContain(`${scores[area]} %`);
  }
});

test('every mutant is counted once', () => {
  for (const one of Object.values(files)) {
    const { killed, timedOut, texts, atLoad, invalid, equivalent, survived } = one;
    expect(killed + timedOut + texts + atLoad + invalid + equivalent + survived.length).toBe(
      one.mutants,
    );
  }
});
