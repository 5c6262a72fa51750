import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { completionScript } from '../src/completions/scripts.ts';
import { completedCommands, type DeclaredCommand } from '../src/completions/words.ts';
import { expectAll, test } from './harness.ts';

const flag = (name: string, more: object = {}) => ({ name, type: 'boolean' as const, ...more });
const declared: DeclaredCommand[] = [
  {
    id: 'execute',
    summary: "Run a program: it's run.",
    args: { file: { description: 'The program.' } },
    flags: {
      profile: flag('profile', { type: 'option', options: ['strict', 'moderate'] }),
      cache: flag('cache', { allowNo: true }),
      output: flag('output', { type: 'option', char: 'o', helpValue: '<folder>' }),
      secret: flag('secret', { hidden: true }),
    },
  },
  { id: 'skill:run', summary: 'Run $(touch x) `y` a skill.', args: {}, flags: {} },
  { id: 'skill:save', summary: 'Save.', args: {}, flags: {} },
  { id: 'hidden', hidden: true, args: {}, flags: {} },
];
const commands = completedCommands(declared);

/** What bash completes after each of these lines, sorted. */
async function completed(script: string, lines: readonly string[][]): Promise<string[][]> {
  const tries = lines.map(
    (words) =>
      `COMP_WORDS=(mcp-cli ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _mcp_cli; echo "\${COMPREPLY[@]}"`,
  );
  const { stdout, stderr } = await promisify(execFile)('bash', [
    '-c',
    [script, ...tries].join('\n'),
  ]);
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').sort());
}

test('bash completes commands, flags and their values', async () => {
  const script = completionScript('bash', 'mcp-cli', commands);
  const lines = [
    ['hid'],
    ['ex'],
    ['skill', ''],
    ['execute', '--'],
    ['execute', '--profile', ''],
    ['execute', 'p.ts', '--no'],
    ['execute', '-o', '/et'],
  ];
  expect(await completed(script, lines)).toEqual([
    [''],
    ['execute'],
    ['run', 'save'],
    ['--cache', '--no-cache', '--output', '--profile'],
    ['moderate', 'strict'],
    ['--no-cache'],
    ['/etc'],
  ]);
});

test('zsh and fish get the words of a description as text', () => {
  for (const shell of ['zsh', 'fish'] as const) {
    const script = completionScript(shell, 'mcp-cli', commands);
    expectAll(script, ['execute', 'skill', 'profile', 'no-cache']);
    expect(script).not.toContain('secret');
    expect(script).toMatch(/'[^']*Run \$\(touch x\) `y` a skill\.'/u);
  }
});

test('completions prints the script of all commands, and knows its shells', async ({
  workshop,
}) => {
  const [bash, wrong] = await Promise.all([
    workshop.cli(['completions', 'bash']),
    workshop.cli(['completions', 'tcsh']),
  ]);
  expect(
    await completed(bash.stdout, [
      ['skill', 'r'],
      ['server', 'i'],
    ]),
  ).toEqual([
    ['remove', 'run'],
    ['import', 'info'],
  ]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('Use bash, zsh, fish.');
});
