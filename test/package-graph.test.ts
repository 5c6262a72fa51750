import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const config = path.join(root, '.dependency-cruiser.cjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'graph-'));
  writeFileSync(path.join(folder, 'tsconfig.base.json'), '{}');
});

afterEach(() => rmSync(folder, { recursive: true }));

function cruise(files: Readonly<Record<string, string>>): { code: number | null; output: string } {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const bin = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin, '--config', config, 'packages'],
    { cwd: folder, encoding: 'utf8' },
  );
  return { code: status, output: stdout + stderr };
}

test('the graph check lets a package use core', () => {
  const { code } = cruise({
    'packages/core/src/ids.ts': 'export const id = 1;',
    'packages/vfs/src/index.ts': "export { id } from '../../core/src/ids.ts';",
    'packages/cli/src/index.ts': "export { id } from '../../vfs/src/index.ts';",
  });
  expect(code).toBe(0);
});

test('the graph check goes red on an edge between siblings, of types too', () => {
  const { code, output } = cruise({
    'packages/bridge/src/index.ts': 'export type Bridge = 1;',
    'packages/vfs/src/index.ts':
      "import type { Bridge } from '../../bridge/src/index.ts';\nexport type X = Bridge;",
  });
  expect(output).toContain('vfs-knows-core-only');
  expect(code).not.toBe(0);
});

test('the graph check goes red when core uses another package', () => {
  const { code, output } = cruise({
    'packages/vfs/src/index.ts': 'export const vfs = 1;',
    'packages/core/src/index.ts': "export { vfs } from '../../vfs/src/index.ts';",
  });
  expect(output).toContain('core-knows-nobody');
  expect(code).not.toBe(0);
});

test('the graph check goes red on a cycle', () => {
  const { code, output } = cruise({
    'packages/vfs/src/a.ts': "export { b } from './b.ts';\nexport const a = 1;",
    'packages/vfs/src/b.ts': "export { a } from './a.ts';\nexport const b = 1;",
  });
  expect(output).toContain('no-cycles');
  expect(code).not.toBe(0);
});
