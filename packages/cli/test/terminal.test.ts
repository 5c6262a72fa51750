import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { openRunStore } from '@org/runs';
import { expect } from 'vitest';
import { test, type Workshop } from './harness.ts';
import { add, outcome } from './runs/kept-runs.ts';

const bin = path.resolve(import.meta.dirname, '../bin/mcp-cli.js');
const ids = ['4f1c2a00-0000-4000-8000-000000000001', '9b000000-0000-4000-8000-000000000002'];

/** What a terminal of this many columns shows of a command, line by line. */
async function shown(workshop: Workshop, columns: number, command: string, env: object = {}) {
  const line = `stty cols ${columns}; '${process.execPath}' '${bin}' ${command}`;
  const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'], {
    cwd: workshop.folder,
    env: { PATH: process.env.PATH, HOME: workshop.folder, TERM: 'xterm', ...env },
  });
  return stdout.trimEnd().split('\r\n');
}

test.runIf(process.platform === 'linux')(
  'run list keeps to the width of a terminal, and colours statuses where that has colours',
  async ({ workshop }) => {
    const runs = workshop.path('runs.db');
    using store = openRunStore({ path: runs });
    for (const id of ids) add(store, id, { name: '日本語の長い名前のプログラム.ts' });
    store.end(ids[0] as string, outcome(ids[0] as string));
    const env = { MCP_CLI_RUNS: runs };
    const [narrow, wide, plain] = await Promise.all([
      shown(workshop, 40, 'run list', env),
      shown(workshop, 90, 'run list', env),
      shown(workshop, 90, 'run list', { ...env, NO_COLOR: '1' }),
    ]);
    expect(narrow.at(-1)).toMatch(
      /^4f1c2a00 {2}\u001b\[32mreturned {2}\u001b\[39m日本語の長い.*…$/u,
    );
    expect(wide.at(-1)).toMatch(/ago .*日本語の長い名前のプログラム\.ts$/u);
    expect(wide.join()).toContain('\u001b[36mrunning   \u001b[39m');
    expect(plain.join()).not.toContain('\u001b[3');
  },
);
