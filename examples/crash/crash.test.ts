import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'runs-example-'));

function node(...args: string[]) {
  const file = path.join(import.meta.dirname, 'notes.ts');
  const { stdout, signal } = spawnSync(process.execPath, [file, folder, ...args], {
    encoding: 'utf8',
  });
  return signal ?? stdout;
}

test('a run whose process was killed goes on in the next one, and makes no answered call again', () => {
  try {
    const names = 'ada grace alan edsger barbara';
    expect(node('2')).toBe('SIGKILL');
    expect(node('2')).toBe('SIGKILL');
    const last = node();
    expect(last).toMatch(new RegExp(`^resumed, [2-4] calls made: ${names}; replay true\n$`, 'u'));
    const lines = readFileSync(path.join(folder, 'memory.jsonl'), 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('"ada"'))).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
