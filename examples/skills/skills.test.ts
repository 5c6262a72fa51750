import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';

const folder = import.meta.dirname;
const bin = path.join(folder, '../node_modules/.bin/mcp-cli');
const names = ['find-todos', 'recent-work', 'remember', 'sum-column', 'track-todos'];
const fileOf = (name: string, file: string) =>
  readFileSync(path.join(folder, '.claude/skills', name, file), 'utf8');

/** As a user with an empty home would run it in this folder. */
async function cli(...args: string[]): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), 'home-'));
  const env = { PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`, HOME: home };
  try {
    const { stdout } = await promisify(execFile)(bin, args, { cwd: folder, env });
    return stdout;
  } finally {
    rmSync(home, { recursive: true });
  }
}

test('each skill does offline what it was recorded to do', async () => {
  const { skills } = JSON.parse(await cli('skill', 'test', '--json'));
  expect(skills.map(({ name }: { name: string }) => name)).toEqual(names);
  for (const { runs } of skills) {
    expect(runs.length).toBeGreaterThan(0);
    for (const { differences } of runs) expect(differences).toEqual([]);
  }
});

test('each skill is made of its program', () => {
  expect(readdirSync(path.join(folder, 'programs')).sort()).toEqual(
    names.map((name) => `${name}.ts`),
  );
  for (const name of names) {
    const { source } = JSON.parse(fileOf(name, 'vfs.json'));
    expect(source).toBe(readFileSync(path.join(folder, 'programs', `${name}.ts`), 'utf8'));
  }
});

test('each skill tells an agent in about 110 tokens how to run it', () => {
  for (const name of names) {
    const [, , body = ''] = fileOf(name, 'SKILL.md').split(/^---$/mu);
    expect(countTokens(body), name).toBeLessThanOrEqual(120);
  }
});

test('a skill runs with its real servers once its version is trusted', async () => {
  const run = ['skill', 'run', 'sum-column', '--file', 'notes/orders.csv', '--column', 'amount'];
  await expect(cli(...run)).rejects.toMatchObject({ code: 4 });
  expect(JSON.parse(await cli(...run, '--trust-skill'))).toEqual({ all: 411.5 });
});
