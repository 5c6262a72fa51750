import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { openRunStore } from '@org/runs';
import { expect } from 'vitest';
import { textWidth } from '../src/text-width.ts';
import { expectAll, servers, test, type Workshop } from './harness.ts';
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

test.runIf(process.platform === 'linux')(
  'run show, stats and server list keep to the width of a terminal, and to none when piped',
  async ({ workshop }) => {
    const runs = workshop.path('runs.db');
    const [id = ''] = ids;
    using store = openRunStore({ path: runs });
    add(store, id, { name: 'the-monthly-report-of-all-our-repositories.ts' });
    const name = `list_${'wide_'.repeat(20)}calls`;
    const call = { id: 1, name: 'callTool', args: ['git', name, '{}'] };
    const record = { server: 'git', tool: name, ms: 30, bytes: 7, cached: false };
    const answered = {
      id: 1,
      answer: { ok: true, text: '1' } as const,
      record: { ...record, status: 'done' as const },
    };
    store.append(
      id,
      [
        { type: 'called', call },
        { type: 'answered', answered },
      ] as const,
      true,
    );
    const calls = [{ ...record, status: 'done' }] as const;
    const logs = [{ level: 'info', message: 'a sentence of many words, '.repeat(5) }] as const;
    store.end(id, outcome(id, { calls, logs }));
    await workshop.configure({
      'a-server-with-a-long-name': servers.tools,
      absent: servers.absent,
    });
    const env = { MCP_CLI_RUNS: runs };
    const commands = [
      'run show last',
      'stats',
      'server list --connect --trust 2>/dev/null || true',
    ];
    const narrow = await Promise.all(commands.map((words) => shown(workshop, 40, words, env)));
    for (const lines of narrow) {
      expect(lines.filter((line) => textWidth(line) > 40)).toEqual([]);
    }
    const [run = [], stats = [], list = []] = narrow.map((lines) =>
      lines.map((line) => line.trim()),
    );
    expect(run).toContainEqual(expect.stringMatching(/^1 done {4}git\.list_\S*… 30 ms, 7 B$/u));
    expect(stats).toContain('1 call, median 30 ms, p95 30 ms, 7 B');
    expect(list).toContainEqual(expect.stringMatching(/^a-server-with-a-long-name {2}.*…$/u));
    const [all = '', listed = ''] = await Promise.all(
      ['run show last', 'server list'].map(
        async (words) => (await workshop.cli(words.split(' '), { env })).stdout,
      ),
    );
    expectAll(all, [id, `git.${name} 30 ms`, logs[0].message.trimEnd()]);
    expect(listed).toContain('a-server-with-a-long-name  stdio  .mcp.json:');
  },
);
