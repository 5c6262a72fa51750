import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkServerConfig } from '@org/bridge';
import type { JsonValue } from '@org/core';
import { expect } from 'vitest';
import { givenFlag, givenWords } from '../src/completions/given-flag.ts';
import { completionScript, type Shell, shells } from '../src/completions/scripts.ts';
import {
  completedCommands,
  type DeclaredCommand,
  type Expected,
} from '../src/completions/words.ts';
import { configKeyOf, parseConfigKey } from '../src/config/config-keys.ts';
import { knownSettings } from '../src/config/known-settings.ts';
import { expectAll, servers, test, type Workshop } from './harness.ts';

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
      seed: flag('seed', { type: 'option', helpValue: '<text>' }),
      secret: flag('secret', { hidden: true }),
    },
  },
  { id: 'skill:run', summary: 'Run $(touch x) `y` a skill.', args: {}, flags: {} },
  { id: 'skill:save', summary: 'Save.', args: {}, flags: {} },
  { id: 'hidden', hidden: true, args: {}, flags: {} },
];
const commands = completedCommands(declared);

const bin = path.resolve(import.meta.dirname, '../bin/mcp-cli.js');
const folders = (process.env.PATH ?? '').split(path.delimiter);
/** Those that this machine has. */
const installed = shells.filter((name) =>
  folders.some((folder) => existsSync(path.join(folder, name))),
);

/** What a shell says to `lines`, in a folder that has `mcp-cli` on its PATH. */
async function said(workshop: Workshop, shell: Shell, lines: readonly string[]): Promise<string> {
  const own = await workshop.write(
    'bin/mcp-cli',
    `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`,
  );
  await chmod(workshop.path(own), 0o755);
  const quiet = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell];
  const { stdout, stderr } = await promisify(execFile)(shell, [...quiet, '-c', lines.join('\n')], {
    cwd: workshop.folder,
    // A shell that waits for what never comes.
    timeout: 30_000,
    killSignal: 'SIGKILL',
    env: {
      PATH: `${workshop.path('bin')}:${process.env.PATH}`,
      HOME: workshop.folder,
      LANG: 'C.UTF-8',
      TERM: 'xterm',
    },
  });
  expect(stderr).toBe('');
  return stdout;
}

/** What bash completes after each of these lines, sorted. */
async function completed(
  workshop: Workshop,
  script: string,
  lines: readonly string[][],
): Promise<string[][]> {
  const tries = lines.map(
    (words) =>
      `COMP_WORDS=(mcp-cli ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _mcp_cli; echo "\${COMPREPLY[@]}"`,
  );
  return (await said(workshop, 'bash', [script, ...tries]))
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').sort());
}

test('bash completes commands, flags and their values', async ({ workshop }) => {
  const script = completionScript('bash', 'mcp-cli', commands);
  const lines = [
    ['hid'],
    ['ex'],
    ['skill', ''],
    ['execute', '--'],
    ['execute', '--profile', ''],
    ['execute', '--profile', '=', 's'],
    ['execute', '--seed', '--'],
    ['execute', 'p.ts', '--no'],
    ['execute', 'skill', ''],
  ];
  expect(await completed(workshop, script, lines)).toEqual([
    [''],
    ['execute'],
    ['run', 'save'],
    ['--cache', '--no-cache', '--output', '--profile', '--seed'],
    ['moderate', 'strict'],
    ['strict'],
    [''],
    ['--no-cache'],
    [''],
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
  const lines = [['skill', 'r'], ['server', 'i'], ['compl']];
  expect(await completed(workshop, bash.stdout, lines)).toEqual([
    ['remove', 'run'],
    ['import', 'info'],
    ['completions'],
  ]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('bash, zsh, fish');
});

const hostile = `x$(touch a) \`touch b\`'; touch c; '"&|*~!%F{red}:=@\\#ü`;
const others = ['files', 'my server', '--config=other.json', 'line\u2028two'];

/** An interactive zsh that has read the script, behind a terminal of its own. */
const zshBegins = [
  'mcp-cli completions zsh > script.zsh',
  'zmodload zsh/zpty; zpty z zsh -f -i',
  `zpty -w z 'PS1=; autoload -Uz compinit; compinit -D; source ./script.zsh; print be""gun'`,
  `zpty -r z out '*begun*'`,
] as const;

/** What a shell makes of `x` and a tab: the words of the line that is then entered. */
const entered: Readonly<Record<Shell, readonly string[]>> = {
  bash: [
    'source <(mcp-cli completions bash)',
    'COMP_WORDS=(mcp-cli server info x); COMP_CWORD=3; _mcp_cli',
    `eval "words=(\${COMPREPLY[0]})"; printf "%s\\n" "\${words[@]}" "\${#COMPREPLY[@]}"`,
    `COMP_WORDS=(mcp-cli server info "'x"); COMP_CWORD=3; _mcp_cli; printf "%s\\n" "\${#COMPREPLY[@]}"`,
  ],
  zsh: [
    ...zshBegins,
    `zpty -w z $'printf "%s\\\\n" | mcp-cli server info x\\t; print en""ded'`,
    `zpty -r z out '*ended*'; print -r -- "$out" > out.txt; print -r -- "$out"`,
  ],
  fish: [
    'mcp-cli completions fish | source',
    `set found (complete -C 'mcp-cli server info x' --escape | string split -f 1 \\t)`,
    'eval "set words $found[1]"; string join \\n -- $words (count $found)',
  ],
};

test.for(installed)(
  '%s completes names as text, however they read',
  async (shell, { workshop }) => {
    const entries = [hostile, ...others.slice(0, 3)].map((name) => [name, servers.absent]);
    await workshop.configure(Object.fromEntries(entries));
    const text = await said(workshop, shell, entered[shell]);
    if (shell === 'zsh') expect(text).toContain(`${hostile}  stdio`);
    else expect(text.split('\n').slice(0, 2)).toEqual([hostile, '1']);
    if (shell === 'bash') expect(text.split('\n')[2]).toBe('0');
    for (const file of 'abc') expect(await readdir(workshop.folder)).not.toContain(file);
  },
);

test('names are looked up in the configuration and in what is kept; nothing is started', async ({
  workshop,
}) => {
  const env = { HOME: workshop.path('home') };
  const words = async (...args: string[]) => {
    const { json } = await workshop.cli(['complete', '--json', '--', ...args], { env });
    return json().candidates.map(({ value }: { value: string }) => value);
  };
  expect(await words('run', 'run', 'show')).toEqual([]);
  expect(existsSync(workshop.path('home/.local'))).toBe(false);
  await workshop.configure(
    { tools: servers.tools, [others[2] as string]: servers.absent },
    'c.json',
  );
  const named = ['--config', '=', `'c.json'`];
  expect(await words('server', 'server', 'info', ...named)).toEqual(['tools']);
  expect(await words('tool', 'tools', 'show', ...named)).toEqual([]);
  expect(existsSync(workshop.path('tools.pid'))).toBe(false);
  await promisify(execFile)('mkfifo', [workshop.path('pipe')]);
  const piped = await workshop.cli(['complete', '--', 'server', '-c', 'pipe'], { env });
  expect(piped).toMatchObject({ code: 2, stdout: '' });
  await workshop.cli(['introspect', 'tools', '-c', 'c.json'], { env });
  const tools = await words('tools', 'execute', '--allow', '-c', 'c.json');
  expectAll(tools.join(' '), ['tools tools.', 'tools.secret']);
  await workshop.write('p.ts', 'return 1');
  await workshop.cli(['execute', 'p.ts', '--no-check'], { env });
  expect(await words('run', 'run', 'show')).toEqual([expect.stringMatching(/^\w{8}$/u), 'last']);
  expect(await words('run', 'run', 'resume')).toEqual([]);
  await workshop.write('.claude/skills/weekly/SKILL.md', 'x');
  await workshop.write('.claude/skills/$(touch a)/SKILL.md', 'x');
  expect(await words('skill', 'skill', 'run')).toEqual(['weekly']);
});

const settled = {
  mcpServers: {
    files: { command: 'node', args: ['--token', 'secret-1'], env: { TOKEN: 'secret-2' } },
    'my.server': { url: 'http://localhost/secret-3' },
  },
  policy: { deny: ['*.delete_*'], resultCheck: 'warn' },
};

test('keys of the configuration are those that it has, for set also those that it can have', async ({
  workshop,
}) => {
  await workshop.write('own.json', `// Ours.\n${JSON.stringify(settled)}`);
  const looked = async (...words: string[]) => {
    const said = await workshop.cli(['complete', '--', 'setting', 'config', ...words]);
    return said.stdout.split('\n').slice(0, -1);
  };
  const named = ['--config', '=', 'own.json'];
  const got = await looked('get', ...named);
  expect(got).toEqual([
    ...['mcpServers\t2 members', 'mcpServers.files\t3 members'],
    ...['mcpServers.files.command\t"node"', 'mcpServers.files.args\t2 items'],
    ...['mcpServers.files.env\t1 member', 'mcpServers.files.env.TOKEN\t"***"'],
    ...['mcpServers["my.server"]\t1 member', 'mcpServers["my.server"].url\t"http://localhost/***"'],
    ...['policy\t2 members', 'policy.deny\t1 item', 'policy.resultCheck\t"warn"'],
  ]);
  const set = await looked('set', ...named);
  expect(set.slice(0, got.length)).toEqual(got);
  expectAll(set.join('\n'), [
    ...['policy.default\tnot set (allow, ask, deny)', 'mcpServers.files.disabled\tnot set (true'],
    ...['mcpServers["my.server"].type\tnot set (http', 'mcpServers["my.server"].oauth.scope\tnot'],
  ]);
  expect(set.join('\n')).not.toContain('mcpServers.files.url');
  const types = ['http', 'streamable-http', 'sse'].map((word) => `${word}\t`);
  for (const key of ['mcpServers["my.server"].type', 'mcpServers\\[\\"my.server\\"].type']) {
    expect(await looked('set', ...named, key)).toEqual(types);
  }
  expect(await looked('set', ...named, 'policy.deny')).toEqual([]);
  expect(await looked('set', 'policy.default', 'ask', ...named)).toEqual([]);
  expect(await looked('get', 'policy.default', ...named)).toEqual([]);
  expect(await readdir(workshop.folder)).not.toContain('.mcp.json');
});

test('what can be set is what a configuration takes', () => {
  for (const entry of Object.values(settled.mcpServers)) {
    for (const { at, values } of knownSettings({ a: entry }, 'mcpServers')) {
      const written = (value: JsonValue) => {
        const nested = at.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value);
        const { mcpServers, policy } = nested as Record<string, { a?: object }>;
        const oauth = at.includes('oauth') ? { oauth: { clientId: 'x' } } : {};
        const own = mcpServers?.a as { oauth?: object } | undefined;
        const merged = { ...entry, ...oauth, ...own };
        if (own?.oauth) Object.assign(merged, { oauth: { ...oauth.oauth, ...own.oauth } });
        return JSON.stringify({ mcpServers: { a: merged }, ...(policy && { policy }) });
      };
      for (const value of values) {
        const json = value === 'true' || value === 'false' ? JSON.parse(value) : value;
        expect(() => checkServerConfig(written(json), 'c.json')).not.toThrow();
      }
      if (values.length > 0) expect(() => checkServerConfig(written(17), 'c.json')).toThrow();
    }
  }
});

test('configKeyOf() writes what parseConfigKey() reads', () => {
  for (const at of [['a'], ['servers', 'a.b', 'x y'], ['', '["'], ['\\"]', '.', 'a-b']]) {
    expect(parseConfigKey(configKeyOf(at))).toEqual(at);
  }
});

/** What a shell makes of a key, and of the first letter of a value. */
const ofSettings: Readonly<Record<Shell, readonly string[]>> = {
  bash: [
    'source <(mcp-cli completions bash)',
    `COMP_WORDS=(mcp-cli config get 'mcpServers\\[\\"'); COMP_CWORD=3; _mcp_cli; eval "echo \${COMPREPLY[0]}"`,
    'COMP_WORDS=(mcp-cli config set policy.resultCheck w); COMP_CWORD=4; _mcp_cli; echo "$COMPREPLY"',
  ],
  zsh: [
    ...zshBegins,
    `zpty -w z $'printf "%s\\n" | mcp-cli config get mcpServers\\\\[\\\\"\tZ; printf "%s\\n" | mcp-cli config set policy.resultCheck w\tZ; print en""ded'`,
    `zpty -r z out '*ended*'; print -r -- "$out"`,
  ],
  fish: [
    'mcp-cli completions fish | source',
    `complete -C 'mcp-cli config get mcpServers\\[\\"' | string split -f 1 \\t`,
    `complete -C 'mcp-cli config set policy.resultCheck w' | string split -f 1 \\t; true`,
  ],
};

test.for(installed)(
  '%s completes keys and values of the configuration',
  async (shell, { workshop }) => {
    await workshop.write('.mcp.json', JSON.stringify(settled));
    const text = await said(workshop, shell, ofSettings[shell]);
    const [key, value] =
      shell === 'zsh'
        ? ['config get mcpServers\\[\\"my.server\\"\\]', 'policy.resultCheck warn']
        : ['mcpServers["my.server"]\n', 'warn\n'];
    expectAll(text, [key, value]);
  },
);

test('each argument is a word, a file, or looked up, or can be any text', async () => {
  const manifest = await readFile(new URL('../oclif.manifest.json', import.meta.url), 'utf8');
  const all = completedCommands(Object.values(JSON.parse(manifest).commands));
  const expecting = (what: Expected) =>
    all.filter(({ args }) => args.includes(what)).map(({ words }) => words);
  expect(expecting('text')).toEqual([...['serve token add', 'server add', 'tools search']]);
  expect(expecting('setting')).toEqual(['config get', 'config set']);
  expect(expecting('file')).toEqual([
    ...['check', 'compile', 'execute', 'run import', 'skill diff', 'skill import', 'skill save'],
  ]);
  expect(expecting('server')).toEqual([
    ...['debug server', 'generate', 'introspect', 'server info', 'server remove', 'tools list'],
  ]);
  expect(expecting('run').length).toBe(10);
  expect(expecting('skill').length).toBe(8);
  const execute = all.find(({ words }) => words === 'execute')?.flags ?? [];
  const values = Object.fromEntries(execute.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({
    ...{ allow: 'tools', config: 'file', fix: 'run', mount: 'folder', seed: 'text' },
    'on-ask': ['ask', 'suspend', 'refuse'],
  });
});

test.for<[string[], string | undefined]>([
  [['run', '--config', 'a.json'], 'a.json'],
  [['-c', 'a.json', '--config=b.json'], 'b.json'],
  [['--config', '=', `'a b'.json`], 'a b.json'],
  [['--config', 'a\\ b'], 'a b'],
  [['--config', '"a\\"b"'], 'a"b'],
  [['--config'], undefined],
  [['--configure=x', 'config=y'], undefined],
])('givenFlag() reads %j', ([words, value]) => {
  expect(givenFlag(words, '--config', '-c')).toBe(value);
});

test('givenWords() leaves out flags and the values of those that have some', () => {
  const words = [
    'config',
    '--config',
    'a.json',
    'set',
    '-c=b',
    '--json',
    '-c',
    '=',
    'c',
    'policy.deny',
  ];
  expect(givenWords(words, '--config', '-c')).toEqual(['config', 'set', 'policy.deny']);
  expect(givenWords(['a', '-c'], '-c')).toEqual(['a']);
});
