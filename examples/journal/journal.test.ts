import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const script = path.join(import.meta.dirname, 'journal.ts');

function node(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return stdout + stderr;
}

test('a run that was killed goes on in another process, and makes no call twice', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'journal-'));
  const file = path.join(folder, 'orders.journal');
  try {
    expect(node(file, 'wall clock')).toBe('shipping: oak desk\nshipping: wall clock\n');
    const report = `[
  'shipped: oak desk',
  'look whether it was shipped: wall clock',
  'shipped: lamp'
]
`;
    expect(node(file)).toBe(`shipping: lamp\n${report}`);
    expect(node(file)).toBe(report);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
