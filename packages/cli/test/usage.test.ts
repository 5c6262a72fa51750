import { describe, expect } from 'vitest';
import { expectAll, faulty, outcomeOf, test } from './harness.ts';

interface Told {
  readonly args: readonly string[];
  readonly exit: number;
  readonly code: string;
  readonly says: readonly (string | RegExp)[];
}

const commands: readonly [string, Told][] = [
  [
    'introspect of an unknown server',
    {
      args: ['introspect', 'tolls'],
      exit: 2,
      code: 'UNKNOWN_SERVER',
      says: ['no server "tolls"', 'Did you mean "tools"?', 'Usable servers:'],
    },
  ],
  [
    'generate of an unknown server',
    {
      args: ['generate', 'Tool', '--output', 'out'],
      exit: 2,
      code: 'UNKNOWN_SERVER',
      says: ['no server "Tool"', 'Did you mean "tools"?'],
    },
  ],
  [
    'an unknown server beside a known one, which is being started meanwhile',
    {
      args: ['generate', 'tools', 'Tool', '--output', 'out'],
      exit: 2,
      code: 'UNKNOWN_SERVER',
      says: ['no server "Tool"'],
    },
  ],
  [
    'introspect of a server whose command does not exist',
    {
      args: ['introspect', 'absent'],
      exit: 5,
      code: 'SERVER_UNAVAILABLE',
      says: ['"no-such-command-of-mcp-cli" was not found', 'Install it'],
    },
  ],
  [
    'introspect of a server that exits at once',
    {
      args: ['introspect', 'exiting'],
      exit: 5,
      code: 'SERVER_UNAVAILABLE',
      says: ['exited with code 7', 'fatal: no licence for [redacted]', 'by hand'],
    },
  ],
  [
    'introspect of a server with an unset variable',
    {
      args: ['introspect', 'unset'],
      exit: 2,
      code: 'VARIABLE_UNSET',
      says: ['"unset"', 'MCP_CLI_NOT_SET', `\${MCP_CLI_NOT_SET:-default}`],
    },
  ],
  [
    'a --config that does not exist',
    {
      args: ['introspect', 'tools', '--config', 'no/servers.json'],
      exit: 2,
      code: 'CONFIG_NOT_FOUND',
      says: ['no server configuration no/servers.json', 'mcpServers'],
    },
  ],
  [
    'a --config that is a folder',
    {
      args: ['introspect', 'tools', '--config', '.'],
      exit: 2,
      code: 'CONFIG_INVALID',
      says: ['server configuration .'],
    },
  ],
  [
    'a malformed --config',
    {
      args: ['generate', 'tools', '-c', 'malformed.json'],
      exit: 2,
      code: 'CONFIG_INVALID',
      says: ['malformed.json:3:5'],
    },
  ],
  [
    'a --config of the wrong shape',
    {
      args: ['introspect', 'tools', '-c', 'shape.json'],
      exit: 2,
      code: 'CONFIG_INVALID',
      says: [/shape\.json:2:\d+/u, '"command"'],
    },
  ],
  [
    'a --config without mcpServers',
    {
      args: ['introspect', 'tools', '-c', 'list.json'],
      exit: 2,
      code: 'CONFIG_INVALID',
      says: ['list.json:1:1', '"mcpServers"'],
    },
  ],
  [
    'an --output below a file',
    {
      args: ['generate', 'tools', '--output', 'list.json/out'],
      exit: 2,
      code: 'USAGE',
      says: ['Cannot write to list.json/out', 'ENOTDIR', '--output'],
    },
  ],
];

describe.concurrent('introspect and generate fail with what to do next:', () => {
  test.for(commands)('%s', async ([, { args, exit, code, says }], { workshop }) => {
    await workshop.configure(faulty);
    await workshop.write('malformed.json', '{\n  "mcpServers": {\n    tools: {}\n  }\n}\n');
    await workshop.write('shape.json', '{ "mcpServers": {\n  "tools": { "args": ["x"] } } }');
    await workshop.write('list.json', '[]');
    const [plain, document] = await Promise.all([
      workshop.cli(args),
      workshop.cli([...args, '--json']),
    ]);
    expect(plain).toMatchObject({ code: exit, stdout: '' });
    expect(plain.stderr).toMatch(/^Error: /u);
    expectAll(plain.stderr, says);
    expect(document).toMatchObject({ code: exit, stderr: '' });
    const { error, ...rest } = document.json();
    expect(rest).toEqual({});
    expect(error.code).toBe(code);
    expectAll(`${error.message}\n${error.hint ?? ''}`, says);
  });

  test('no configuration at all', async ({ workshop }) => {
    const result = await workshop.cli(['introspect', 'tools']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expectAll(result.stderr, [
      'no .mcp.json in the working folder',
      '--config',
      'mcp-cli config init',
    ]);
  });

  test('execute with a malformed .mcp.json, although the program calls nothing', async ({
    workshop,
  }) => {
    await workshop.write('.mcp.json', '{ "mcpServers": { "a": { "command": 1 } } }');
    const result = await workshop.run('return 1', '--json');
    expect(result.code).toBe(2);
    const { error } = outcomeOf(result, 'error');
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('.mcp.json:1:37');
  });
});

const usage: readonly [command: string, says: readonly (string | RegExp)[]][] = [
  ['execut program.ts', ['no command "execut"', 'Did you mean "execute"?', '--help']],
  [
    'execute',
    [/^Error: Name a program\.\nFor example: mcp-cli execute program\.ts, or .*--eval.*\n$/u],
  ],
  ['execute program.ts --eval 1', ['--eval does not go with a program']],
  ['execute program.ts --approved-plan 0123456789ab', ['does not go with a program']],
  ['execute program.ts --on-ask suspend --no-record', ['cannot wait for an approval']],
  ['run show', ['Missing 1 required arg', 'run show --help']],
  ['run aprove', ['no command "run aprove"', 'Did you mean "run approve"?']],
  ['run approve last --next 1001', ['--next', 'less than or equal to 1000']],
  ['serve --json', [/^Error: Nonexistent flag: --json\.\nSee mcp-cli serve --help\.\n$/u]],
  ['run list --status gone', ['--status=gone', 'suspended']],
  ['run list --since yesterday', ['--since', '2026-11-20']],
  ['introspect', ['server', 'See mcp-cli introspect --help.']],
  ['execute program.ts more.ts', ['Unexpected argument: more.ts', 'execute --help']],
  ['execute program.ts --fule 1M', ['--fule', 'Did you mean "--fuel"?']],
  ['execute program.ts --fuel', ['--fuel expects a value']],
  ['execute program.ts --fuel lots', ['--fuel', '"lots"', '500M']],
  ['execute program.ts --memory 64XB', ['--memory', '"64XB"', '64MiB']],
  ['execute program.ts --wall 99999999999', ['--wall', 'too large', '2147483647']],
  ['execute program.ts --profile lax', ['strict, moderate, permissive']],
  ['execute program.ts --args {a', ['--args is not JSON', /position 1|line 1/u, '@file']],
  ['execute program.ts --args @no.json', ['no file no.json', '--args']],
];

describe.concurrent('wrong usage is exit code 2:', () => {
  test.for(usage)('%s', async ([command, says], { workshop }) => {
    await workshop.write('program.ts', 'return 1');
    const plain = await workshop.cli(command.split(' '));
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).toMatch(/^Error: /u);
    expectAll(plain.stderr, says);
  });

  test('with --json it is one document, on stdout', async ({ workshop }) => {
    const [command, flag, file] = await Promise.all([
      workshop.cli(['execut', 'program.ts', '--json']),
      workshop.cli(['introspect', 'x', '--jsn', '--json']),
      workshop.cli(['execute', '--json']),
    ]);
    for (const result of [command, flag, file]) {
      expect(result).toMatchObject({ code: 2, stderr: '' });
      expect(result.json().error.code).toBe('USAGE');
    }
    expect(command.json().error.message).toContain('Did you mean "execute"?');
    expect(flag.json().error.message).toContain('Did you mean "--json"?');
    expect(outcomeOf(file, 'error').status).toBe('aborted');
  });
});
