import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect } from 'vitest';
import { type CheckedSkill, createSkillStore, type SkillStore } from '../src/index.ts';
import { id, test } from './folder.ts';
import { versionIn, versionOf } from './version-of.ts';

const script = path.join(import.meta.dirname, 'writer.ts');
/** `MCP_CLI_LONG_TESTS=1` looks longer. */
const long = process.env.MCP_CLI_LONG_TESTS === '1';

interface Writer {
  readonly child: ChildProcess;
  /** Versions that it said were saved, in their order. */
  readonly saved: string[];
  readonly ended: Promise<unknown>;
}

/** @param args see writer.ts */
function startWriter(...args: readonly string[]): Writer {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const saved: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => saved.push(line));
  return { child, saved, ended: Promise.all([once(child, 'exit'), once(lines, 'close')]) };
}

async function readVersion(store: SkillStore): Promise<string> {
  const skill = (await store.read(id)) as CheckedSkill;
  if (!(await store.isTrusted(skill))) throw new Error('It is not trusted.');
  return versionIn(skill.files);
}

const stagedNames = (skills: string) => readdir(path.join(skills, '.mcp-cli'));

describe('a writer killed at any point', { timeout: 600_000 }, () => {
  test('leaves the old or the new version, trusted, and loses nothing it said was saved', async ({
    memory: { root },
  }) => {
    const kills = long ? 60 : 20;
    const stores = Array.from({ length: 4 }, (_, index) => {
      const [skills, pins] = [path.join(root, `skills${index}`), path.join(root, `pins${index}`)];
      return { skills, pins, store: createSkillStore({ folders: [skills], pins }) };
    });
    for (const { store } of stores) await store.save(id, versionOf(id, 'first'));
    let midway = 0;
    for (let round = 0; round < kills; round++) {
      // One process saves to four places at once, each at a point of its own when it is killed.
      const writer = startWriter(root, `w${round}`);
      while (writer.saved.length <= 4 + (round % 4))
        await once(writer.child.stdout as never, 'data');
      const until = performance.now() + (round % 37) / 12;
      while (performance.now() < until);
      writer.child.kill('SIGKILL');
      await writer.ended;
      for (const [place, { skills, store }] of stores.entries()) {
        const told = writer.saved.filter((line) => line.endsWith(`@${place}`)).length;
        const [label, index] = (await readVersion(store)).split('-');
        if (told > 0) expect(label).toBe(`w${round}`);
        // The last one that it told, or the one after it, which it had no time to tell.
        if (label === `w${round}`) expect(Number(index) - (told - 1)).toBeOneOf([0, 1]);
        if (Number(index) === told || (await stagedNames(skills)).length > 0) midway++;
      }
    }
    // Without that many, the kills came between saves and show nothing.
    expect(midway).toBeGreaterThan(kills);
    for (const { skills, store } of stores) {
      await store.save(id, versionOf(id, 'end'));
      expect(await readVersion(store)).toBe('end');
      expect(await stagedNames(skills)).toEqual([]);
    }
  });
});

describe('32 writers at once', { timeout: 600_000 }, () => {
  test('a reader sees whole versions only, all saves succeed, and one of the last is left', async ({
    memory: { root },
  }) => {
    const [skills, pins] = [path.join(root, 'skills0'), path.join(root, 'pins0')];
    const store = createSkillStore({ folders: [skills], pins });
    const saves = long ? 100 : 25;
    await store.save(id, versionOf(id, 'first-0'));
    const writers = Array.from({ length: 32 }, (_, n) => startWriter(root, `w${n}`, String(saves)));
    let over = false;
    const all = Promise.all(writers.map(({ ended }) => ended)).then(() => {
      over = true;
    });
    const seen = new Set<string>();
    while (!over) seen.add(await readVersion(store));
    await all;
    for (const [n, { saved }] of writers.entries()) {
      expect(saved).toEqual(Array.from({ length: saves }, (_, index) => `w${n}-${index}@0`));
    }
    expect(seen.size).toBeGreaterThan(10);
    // Of each writer only the last save can be the last of all.
    expect(await readVersion(store)).toMatch(new RegExp(`-${saves - 1}$`, 'u'));
    expect(await stagedNames(skills)).toEqual([]);
  });
});
