import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

function node(script: string, ...args: string[]): string {
  const file = path.join(import.meta.dirname, script);
  const { stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  return stdout + stderr;
}

test('a compiled program runs in another process, from a small file and from a component', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'compile-'));
  const file = path.join(folder, 'prices.wasm');
  const component = path.join(folder, 'prices.component.wasm');
  try {
    expect(node('compile.ts', file, component)).toBe('exports cheapest and default\n');
    expect(statSync(file).size).toBeLessThan(2_000);
    expect(node('run.ts', file)).toBe('240\n');
    expect(node('run.ts', component, 'cheapest')).toBe('clock\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
