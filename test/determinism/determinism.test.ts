import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunUsage } from '@org/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeMajor, nodeMajors, nodeOf } from '../node-majors.ts';
import type { TestProgram } from './process.ts';
import { programs } from './programs.ts';
import { randomProgram } from './random-program.ts';

const patience = { timeout: 240_000 };
const varied = Object.entries(programs).map(([name, source]) => ({ name, source, frozenAt: 2 }));
let folder: string;
/** How each program ended on Node 26, undisturbed. */
let ends: Readonly<Record<string, unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: a test reads a document of the shape it asserts.
async function on(major: NodeMajor, ...args: readonly string[]): Promise<any> {
  const script = path.join(import.meta.dirname, 'process.ts');
  const options = { ...patience, killSignal: 'SIGKILL', maxBuffer: 2 ** 24 } as const;
  const { stdout } = await promisify(execFile)(nodeOf(major), [script, ...args], options);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'determinism-'));
  const random: TestProgram[] = fc.sample(randomProgram, 24);
  writeFileSync(path.join(folder, 'programs.json'), JSON.stringify([...varied, ...random]));
  ends = await on(26, 'run', folder);
}, patience.timeout);

afterAll(() => rmSync(folder, { recursive: true }));

test('the varied programs end in every way, with a count of fuel of their own', () => {
  const outcomes = varied.map(({ name }) => ends[name] as { status: string; usage: RunUsage });
  const statuses = new Set(outcomes.map(({ status }) => status));
  expect(statuses).toEqual(new Set(['returned', 'threw', 'limit']));
  expect(new Set(outcomes.map(({ usage }) => usage.fuel)).size).toBe(outcomes.length);
});

test('the random programs end by returning', () => {
  const names = Object.keys(ends).slice(varied.length);
  expect(names.length).toBeGreaterThan(12);
  for (const name of names) expect(ends[name], name).toMatchObject({ status: 'returned' });
});

describe('value, fuel, memory, logs and calls of varied and random programs are equal', () => {
  test('on Node 24 and on Node 26', patience, async () => {
    expect(await on(24, 'run', folder)).toEqual(ends);
  });

  test.each([
    [24, 26],
    [26, 24],
  ] as const)('when frozen on Node %i and thawed on Node %i', patience, async (before, after) => {
    const statuses: string[] = await on(before, 'freeze', folder);
    expect(new Set(statuses)).toEqual(new Set(['suspended']));
    expect(await on(after, 'thaw', folder)).toEqual(ends);
  });
});

test(
  '1,000 runs of a program end alike, in reset and in new instances, on both Nodes',
  patience,
  async () => {
    const [first, second] = await Promise.all(
      nodeMajors.map((major) => on(major, 'repeat', '1000')),
    );
    expect(Object.values(first)).toEqual([1_000]);
    expect(second).toEqual(first);
  },
);
