import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from './blocks.ts';

const examples = path.join(root, 'examples');
const rows = readFileSync(path.join(examples, 'README.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ['));
const stories = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  .map(({ name }) => name);

test('examples/README.md has a row for each story, and README leads there', () => {
  const named = rows.map((row) => /^\| \[([\w-]+)\]\(\1\)/u.exec(row)?.[1]);
  expect(named.toSorted()).toEqual(stories.toSorted());
  expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('(examples/README.md)');
});

test.for(rows)('%s', (row) => {
  const [, command = ''] = /\| `([^`]+)` \|$/u.exec(row) ?? [];
  const [, folder] = /^npx vitest run examples\/([\w-]+)$/u.exec(command) ?? [];
  const scripts = [...command.matchAll(/node ([\w/-]+\.ts)/gu)].map(([, script = '']) => script);
  if (folder !== undefined) scripts.push(folder);
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    expect(existsSync(path.join(examples, script)), script).toBe(true);
    const story = path.join(examples, script.split('/')[0] ?? '');
    expect(readdirSync(story).some((name) => name.endsWith('.test.ts'))).toBe(true);
  }
});
