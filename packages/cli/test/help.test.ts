import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { test } from './harness.ts';

describe.concurrent('help', () => {
  test('mcp-cli alone lists the commands and is no failure', async ({ workshop }) => {
    const [alone, flag] = await Promise.all([workshop.cli([]), workshop.cli(['--help'])]);
    expect(alone).toMatchObject({ code: 0, stderr: '' });
    const names = [
      ...['check', 'compile', 'discover', 'execute', 'generate', 'introspect', 'run', 'server'],
      'skill',
    ];
    for (const name of names) {
      expect(alone.stdout).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'mu'));
    }
    expect(alone.stdout.startsWith(flag.stdout.trimEnd())).toBe(true);
  });

  test('--json makes help one document, of a topic and of a command too', async ({ workshop }) => {
    const lines = [['--help'], ['run'], ['execute', '--help'], ['help', 'execute']];
    for (const words of lines) {
      const { code, stderr, json } = await workshop.cli([...words, '--json']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(json()).toEqual({ help: expect.stringContaining('USAGE') });
    }
  });

  test('of what is no command says what was meant', async ({ workshop }) => {
    const told = async (...words: string[]) => {
      const { code, stdout, stderr } = await workshop.cli(words);
      return `${code} ${stdout}${stderr}`;
    };
    const [topic, help, before, json] = await Promise.all([
      told('run', 'lits'),
      told('run', 'lits', '--help'),
      told('--config', 'x.json', 'execute'),
      workshop.cli(['--json']),
    ]);
    expect(topic).toMatch(/^2 Error: .*Did you mean "run list"\?\nSee mcp-cli run --help/u);
    expect(help).toBe(topic);
    expect(before).toMatch(/^2 Error: Flags come after a command/u);
    expect(json.json()).toMatchObject({ error: { code: 'USAGE' } });
  });

  test('--version', async ({ workshop }) => {
    const result = await workshop.cli(['--version']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^@org\/cli\/\d+\.\d+\.\d+ /u);
    for (const flag of ['-v', '-V']) {
      expect((await workshop.cli([flag])).stdout).toBe(result.stdout);
    }
    for (const words of [
      ['--version', '--json'],
      ['--json', '-V'],
    ]) {
      const { code, stderr, json } = await workshop.cli(words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { name, version, platform, node, ...rest } = json();
      expect(`${name}/${version} ${platform} node-${node}\n`).toBe(result.stdout);
      expect(rest).toEqual({});
    }
  });

  test.for<[string, string[]]>([
    ['compile', ['--output', '--standalone', '--allow', '--\\[no-\\]cache', '--force']],
    [
      'execute',
      [
        '--entry',
        '--\\[no-\\]check',
        '--\\[no-\\]cache',
        '--args',
        '--profile',
        '--fuel',
        '--memory',
        '--wall',
        '--allow',
        '--ask',
        '--deny',
        '--reapprove',
        '--approvals',
        '--audit',
        '--\\[no-\\]learn',
        '--verbose',
        '--seed',
        '--on-ask',
        '--plan',
        '--approved-plan',
        '--fix',
        '--\\[no-\\]record',
      ],
    ],
    ['check', []],
    ['introspect', []],
    ['discover', ['--args', '--yes', '--confirm', '--audit']],
    ['types list', []],
    ['types forget', []],
    ['generate', ['--output']],
    ['server list', ['--connect']],
    ['skill save', ['--name', '--description', '--allow', '--server', '--skills']],
    ['skill run', ['--args', '--record', '--strict', '--trust-skill', '--skills', '--profile']],
    ['skill load', ['--strict', '--offline', '--trust-skill', '--skills']],
    ['skill test', ['--update', '--skills']],
    ['skill diff', ['--skills']],
    ['run list', ['--status', '--since', '--session', '--limit']],
    ['run show', ['--call', '--html']],
    ['run approve', ['--call', '--next', '--varying', '--always', '--yes']],
    ['run resume', ['--unknown', '--on-ask', '--wall', '--allow']],
    ['run fork', ['--step', '--count', '--seed']],
    ['run replay', []],
  ])('of %s has its flags, its exit codes and examples', async ([command, flags], { workshop }) => {
    const [long, short] = await Promise.all([
      workshop.cli([...command.split(' '), '--help']),
      workshop.cli([...command.split(' '), '-h']),
    ]);
    expect(long).toMatchObject({ code: 0, stderr: '' });
    expect(short.stdout).toBe(long.stdout);
    for (const flag of [...flags, '--config', '--trust', '--json']) {
      expect(long.stdout).toMatch(new RegExp(`^ +(?:-\\w, )?${flag}\\b`, 'mu'));
    }
    const text = long.stdout.replaceAll(/\s+/gu, ' ');
    expect(text).toMatch(/Exit codes: 0 \w+, .*2 wrong usage, .*130 interrupted\./u);
    const [, examples = ''] = long.stdout.split('\nEXAMPLES\n');
    expect(examples.match(new RegExp(`^ +\\$ mcp-cli ${command} `, 'gmu'))?.length).toBeGreaterThan(
      1,
    );
  });
});

test('every command says its exit codes in the same way, smallest first', () => {
  const manifest = readFileSync(new URL('../oclif.manifest.json', import.meta.url), 'utf8');
  const commands: { id: string; hidden?: boolean; description?: string }[] = Object.values(
    JSON.parse(manifest).commands,
  );
  for (const { id, description = '' } of commands.filter(({ hidden }) => !hidden)) {
    const [, last = ''] = /(?:^|\n)Exit codes: ([^;.]*)/u.exec(description) ?? [];
    const codes = [...last.matchAll(/(?:^|, )(\d+) [a-z-]/gu)].map(([, code]) => Number(code));
    expect(codes, id).toEqual(expect.arrayContaining([0, 2, 130]));
    expect(codes, id).toEqual([...new Set(codes)].sort((a, b) => a - b));
  }
});
