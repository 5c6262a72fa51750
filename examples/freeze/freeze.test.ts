import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

function node(script: string, ...args: string[]): string {
  const file = path.join(import.meta.dirname, script);
  const { stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  return stdout + stderr;
}

test('a program frozen to a file goes on in other processes, each with its own answer', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'freeze-'));
  const file = path.join(folder, 'waiting.snapshot');
  try {
    expect(node('freeze.ts', file)).toBe('suspended after some work, in under 130 kB: true\n');
    expect(node('resume.ts', file, 'yes')).toBe("[ '2 × oak desk', '5 × wall clock' ]\n");
    expect(node('resume.ts', file, 'no')).toBe("[ 'refused: oak desk', 'refused: wall clock' ]\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
