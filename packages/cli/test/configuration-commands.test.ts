import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { parseConfigKey } from '../src/config/config-keys.ts';
import { EditedConfig } from '../src/config/edit-config.ts';
import { foreignServers } from '../src/config/foreign-configs.ts';
import { maskedLaunch, maskedValue } from '../src/config/mask.ts';
import { canary, expectAll, servers, test, type Workshop } from './harness.ts';

const told = async (workshop: Workshop, ...args: string[]) => {
  const { code, stdout, stderr } = await workshop.cli(args);
  return `${code} ${stdout}${stderr}`;
};

describe.concurrent('configuration', () => {
  test('is made, gets servers, and loses them; comments stay', async ({ workshop }) => {
    await workshop.write('mine.json', '{\n  // Mine.\n  "mcpServers": {}\n}\n');
    const add = ['server', 'add', 'files', '--config', 'mine.json'];
    const variable = '$' + '{TOKEN}';
    const command = [...add, '--env', `T=${variable}`, '--', 'npx', '-y', 'fs', '--flag'];
    expect(await told(workshop, ...command)).toMatch(/^0 Added files to mine\.json/u);
    expect(await workshop.read('mine.json')).toBe(`{
  // Mine.
  "mcpServers": {
    "files": {
      "command": "npx",
      "args": [
        "-y",
        "fs",
        "--flag"
      ],
      "env": {
        "T": "${variable}"
      }
    }
  }
}
`);
    expect(await told(workshop, ...add, '--url', 'http://x/mcp')).toMatch(/^2 .*--force/su);
    const removed = await told(workshop, 'server', 'remove', 'fils', '--config', 'mine.json');
    expect(removed).toContain('Did you mean "files"?');
    await told(workshop, 'server', 'remove', 'files', '--config', 'mine.json');
    expect(await workshop.read('mine.json')).toBe('{\n  // Mine.\n  "mcpServers": {\n  }\n}\n');
  });

  test('server add refuses what is no server', async ({ workshop }) => {
    const wrong: [string[], string][] = [
      [[], 'Missing'],
      [['x'], 'either a command after --, or --url'],
      [['x', '--url', 'ftp://x'], '--url does not take'],
      [['x', '--url', 'http://x', '--env', 'A=1'], 'for a command'],
      [['x', '--header', 'A: 1', '--', 'node'], 'for --url'],
      [['x', '--env', 'A', '--', 'node'], '<name>=<value>'],
      [['a\u0000b', '--', 'node'], ''],
    ];
    await Promise.all(
      wrong.slice(0, -1).map(async ([args, text]) => {
        expectAll(await told(workshop, 'server', 'add', ...args), ['2 ', text]);
      }),
    );
  });

  test('config set writes only what is a configuration', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const before = await workshop.read('.mcp.json');
    expect(await told(workshop, 'config', 'set', 'policy.deny', '5')).toContain(
      'a list of patterns',
    );
    expect(await workshop.read('.mcp.json')).toBe(before);
    await told(workshop, 'config', 'set', 'policy.deny', '["tools.secret"]');
    const shown = await workshop.cli(['config', 'show', '--json']);
    expect(shown.json()).toMatchObject({
      policy: { deny: ['tools.secret'] },
      servers: { tools: { origin: expect.stringMatching(/^\.mcp\.json:\d+$/u), type: 'stdio' } },
    });
    const got = await told(workshop, 'config', 'get', 'mcpServers.tools');
    expect(got).toContain('"***"');
    expect(got).not.toContain(canary.config);
    await told(workshop, 'config', 'set', 'policy.deny', '--unset');
    expect(await told(workshop, 'config', 'get', 'policy.deny')).toMatch(
      /^2 .*has no policy\.deny/su,
    );
  });

  test('what others may see of servers has no secret', async ({ workshop }) => {
    const secret = 'secret-of-an-argument';
    const variable = '$' + '{KEY}';
    const entries = {
      tools: {
        command: 'node',
        args: ['-y', `-p${secret}`, '--token', secret, `--key=${secret}`],
      },
      web: { url: `https://example.com/s/${secret}/mcp?token=${secret}`, headers: { A: secret } },
      filled: { command: 'x', args: [variable, `--key=${variable}`] },
    };
    await workshop.configure(entries);
    const add = ['server', 'add', 'new', '--json', '-c', 'other.json', '-e', `T=${secret}`];
    const outputs = await Promise.all(
      [
        ['config', 'show'],
        ['config', 'show', '--json'],
        ['config', 'get', 'mcpServers'],
        ['server', 'info', 'tools'],
        ['server', 'info', 'web', '--json'],
        ['server', 'list'],
        [...add, '--', 'node', '--token', secret],
      ].map((args) => workshop.cli(args)),
    );
    for (const { code, stdout, stderr } of outputs) {
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(secret);
    }
    expect(outputs[1]?.json().servers).toMatchObject({
      tools: { args: ['-y', '***', '--token', '***', '--key=***'] },
      web: { url: 'https://example.com/***', headers: ['A'] },
      filled: { args: [variable, `--key=${variable}`] },
    });
    for (const args of [
      ['config', 'show'],
      ['server', 'info', 'tools'],
      ['config', 'get', 'mcpServers'],
    ]) {
      expect((await workshop.cli([...args, '--reveal'])).stdout).toContain(`--key=${secret}`);
    }
  });

  test('server validate says what is wrong without starting anything', async ({ workshop }) => {
    await workshop.configure({
      tools: servers.tools,
      absent: servers.absent,
      lacking: { command: 'node', args: ['$' + '{NOT_SET_ANYWHERE}'] },
      off: { command: 'nothing-like-this', disabled: true },
    });
    const { code, json } = await workshop.cli(['server', 'validate', '--json']);
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      valid: false,
      servers: 4,
      problems: [
        { server: 'absent', code: 'SERVER_UNAVAILABLE' },
        { server: 'lacking', code: 'VARIABLE_UNSET' },
      ],
    });
    const info = await workshop.cli(['server', 'info', 'absent']);
    expectAll(info.stdout, ['runs no-such-command-of-mcp-cli', 'with the variables', 'TOKEN']);
  });

  test('trust shows what would start, and is given and taken back', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const states = async (...flags: string[]) => {
      const { json } = await workshop.cli(['trust', '--json', ...flags]);
      return json().files.map(({ trusted }: { trusted: boolean }) => trusted);
    };
    expect(await states()).toEqual([false]);
    expect(await states('--yes')).toEqual([true]);
    const listed = await workshop.cli(['server', 'list', '--json']);
    expect(listed.json().servers[0].trust).toBe('trusted');
    expect(await states('--forget')).toEqual([false]);
  });

  test('doctor finds a server without its command, and a folder without servers', async ({
    workshop,
  }) => {
    const empty = await workshop.cli(['doctor', '--json']);
    expect(empty.code).toBe(0);
    const found = Object.fromEntries(
      empty.json().findings.map((one: { what: string; status: string }) => [one.what, one.status]),
    );
    expect(found).toMatchObject({
      Node: 'ok',
      engine: 'ok',
      'type check': 'ok',
      configuration: 'warning',
    });
    await workshop.configure({ absent: servers.absent });
    const wrong = await workshop.cli(['doctor']);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^XX {2}configuration: .*no-such-command/mu);
  });

  test('debug reports what a bug report needs, and no secret', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, absent: servers.absent });
    const env = { MCP_CLI_TRUST: 'always' };
    const [config, reached, failed] = await Promise.all([
      workshop.cli(['debug', 'config'], { env }),
      workshop.cli(['debug', 'server', 'tools'], { env }),
      workshop.cli(['debug', 'server', 'absent'], { env }),
    ]);
    expect(config.json()).toMatchObject({
      variables: expect.arrayContaining(['MCP_CLI_TRUST']),
      servers: [{ id: 'tools', env: expect.arrayContaining(['TOKEN']) }, { id: 'absent' }],
      problems: [{ server: 'absent' }],
    });
    expect(reached.json().contact).toMatchObject({
      status: 'reached',
      serverInfo: { name: 'tools' },
    });
    expect(failed.code).toBe(5);
    expect(failed.json().contact).toMatchObject({ status: 'failed', code: 'SERVER_UNAVAILABLE' });
    for (const { stdout } of [config, reached, failed]) expect(stdout).not.toContain(canary.config);
    const engine = await workshop.cli(['debug', 'engine', '--json']);
    expect(engine.json()).toMatchObject({
      engine: expect.stringMatching(/^[0-9a-f]{64}$/u),
      probe: { status: 'returned', fuel: expect.any(Number) },
    });
  });

  test('mcp-cli alone says how to begin where there are no servers', async ({ workshop }) => {
    expect((await workshop.cli([])).stdout).toContain('FIRST STEPS');
    await workshop.configure({ tools: servers.tools });
    expect((await workshop.cli([])).stdout).not.toContain('FIRST STEPS');
  });
});

describe('servers of other programs', () => {
  const homes: Record<string, string> = {
    '.claude.json': '{"mcpServers": {"a": {"type": "stdio", "command": "x", "env": {"K": "v"}}}}',
    '.cursor/mcp.json':
      '{ // comment\n "mcpServers": {"b": {"url": "http://b/mcp", "headers": {"H": "v"}},}}',
    '.config/Code/User/mcp.json':
      '{"servers": {"c": {"type": "http", "url": "http://c"}}, "inputs": []}',
    '.codeium/windsurf/mcp_config.json': '{"mcpServers": {"d": {"serverUrl": "http://d"}}}',
    '.codex/config.toml':
      '[mcp_servers.e]\ncommand = "e"\nargs = ["1"]\n[mcp_servers.e.env]\nK = "v"\n',
    '.gemini/settings.json': '{"mcpServers": {"f": {"httpUrl": "http://f"}}, "theme": "x"}',
    '.config/opencode/opencode.json':
      '{"mcp": {"g": {"type": "local", "command": ["g", "2"], "environment": {"K": "v"}, "enabled": false}}}',
    '.config/Claude/claude_desktop_config.json':
      '{"mcpServers": {"h": {"command": "h"}, "bad": 5, "none": {}}}',
  };

  test('are read from their own formats', async ({ workshop }) => {
    for (const [name, text] of Object.entries(homes)) await workshop.write(`home/${name}`, text);
    const { servers: found, unreadable } = await foreignServers(undefined, workshop.path('home'));
    expect(unreadable).toEqual([]);
    const entries = Object.fromEntries(found.map(({ name, entry }) => [name, entry]));
    expect(entries).toEqual({
      a: { type: 'stdio', command: 'x', env: { K: 'v' } },
      b: { url: 'http://b/mcp', headers: { H: 'v' } },
      c: { type: 'http', url: 'http://c' },
      d: { url: 'http://d' },
      e: { command: 'e', args: ['1'], env: { K: 'v' } },
      f: { url: 'http://f' },
      g: { command: 'g', args: ['2'], env: { K: 'v' }, disabled: true },
      h: { command: 'h' },
    });
  });

  test('that cannot be read are told, and the others are there', async ({ workshop }) => {
    await workshop.write('home/.codex/config.toml', '[[[');
    await workshop.write('home/.gemini/settings.json', '5');
    await workshop.write('home/.cursor/mcp.json', homes['.cursor/mcp.json'] as string);
    const { servers: found, unreadable } = await foreignServers(undefined, workshop.path('home'));
    expect(found.map(({ name }) => name)).toEqual(['b']);
    expect(unreadable.map(({ file }) => file)).toEqual([
      '~/.codex/config.toml',
      '~/.gemini/settings.json',
    ]);
  });

  test('are taken over by config init --import', async ({ workshop }) => {
    for (const [name, text] of Object.entries(homes)) await workshop.write(`home/${name}`, text);
    const env = { HOME: workshop.path('home') };
    const made = await workshop.cli(['config', 'init', '--import', '--json'], { env });
    expect(made.json().servers.map(({ status }: { status: string }) => status)).toEqual(
      Array(8).fill('imported'),
    );
    const { mcpServers } = JSON.parse(await readFile(workshop.path('.mcp.json'), 'utf8'));
    expect(Object.keys(mcpServers).sort()).toEqual([...'abcdefgh']);
    expect((await workshop.cli(['config', 'init'], { env })).code).toBe(2);
    const again = await workshop.cli(['server', 'import', '--from', 'codex', '--all'], { env });
    expect(again.stdout).toContain('is there already');
  });
});

test.for<[string, string]>([
  ['https://user:pass@host/', 'https://host/'],
  ['https://user:pass@host:8080', 'https://host:8080'],
  ['https://host?token=x', 'https://host/***'],
  ['https://host/a@b/c', 'https://host/***'],
  ['http://a@b@host/c', 'http://host/***'],
  ['https://$' + '{HOST}/mcp', 'https://$' + '{HOST}/***'],
  ['$' + '{URL}', '$' + '{URL}'],
  ['$' + '{URL:-https://x/secret}', '***'],
  ['https:\\\\user:pass@host', '***'],
])('maskedLaunch() shows %s as %s', ([url, shown]) => {
  expect(maskedLaunch({ type: 'http', url, headers: [] })).toMatchObject({ url: shown });
});

test('maskedLaunch() shows what is started, where that cannot be a secret', () => {
  const shown = (...args: string[]) => {
    const launch = maskedLaunch({ type: 'stdio', command: 'npx', args, env: [] });
    return 'args' in launch ? launch.args : [];
  };
  const harmless = ['-y', '@org/server-files@1.2.0', '.', 'dist/index.js', '/srv/x.py', '--port'];
  expect(shown(...harmless)).toEqual(harmless);
  expect(shown('--key', 'k.js', '-e', 'ghp_0123', 'a b.js', 'eyJ.eyJ.sig')).toEqual([
    ...['--key', '***', '-e', '***', '***', '***'],
  ]);
});

test('the package that is fetched and run is shown, and no other bare word', () => {
  const shown = (command: string, ...args: string[]) => {
    const launch = maskedLaunch({ type: 'stdio', command, args, env: [] });
    const value = maskedValue({ command, args }, ['servers', 'one']);
    const masked = 'args' in launch ? launch.args : [];
    expect(value).toEqual({ command, args: masked });
    return masked;
  };
  expect(shown('npx', '-y', 'mongodb-mcp-server@1.0', 'word')).toEqual([
    ...['-y', 'mongodb-mcp-server@1.0', '***'],
  ]);
  expect(shown('/usr/bin/uvx', 'mcp-server-git')).toEqual(['mcp-server-git']);
  expect(shown('npx', '--token', 'word', 'package')).toEqual(['--token', '***', '***']);
  expect(shown('npx', '-y', 'https://u:p@h/x.tgz')).toEqual(['-y', '***']);
  expect(shown('server', 'word')).toEqual(['***']);
});

test('maskedValue() shows only fields of a server that hold no secret', () => {
  const entry = {
    command: 'x',
    timeout: 5,
    apiKey: 'k',
    oauth: { clientId: 'i', clientSecret: 's' },
  };
  expect(maskedValue(entry, ['servers', 'one'])).toEqual({
    ...{ command: 'x', timeout: '***', apiKey: '***' },
    oauth: { clientId: 'i', clientSecret: '***' },
  });
  expect(maskedValue({ deny: ['a'] }, ['policy'])).toEqual({ deny: ['a'] });
});

describe('parseConfigKey()', () => {
  test.for<[string, string[]]>([
    ['policy.deny', ['policy', 'deny']],
    ['mcpServers["my.server"].env', ['mcpServers', 'my.server', 'env']],
    ['a["b\\"c"]', ['a', 'b"c']],
  ])('reads %s', ([text, parts]) => {
    expect(parseConfigKey(text)).toEqual(parts);
  });

  test.for(['', '.', 'a.', 'a..b', 'a[0]', 'a["b'])('refuses %j', (text) => {
    expect(() => parseConfigKey(text)).toThrow('is no key');
  });
});

test('EditedConfig does not take __proto__', async ({ workshop }) => {
  const config = await EditedConfig.open(workshop.path('x.json'));
  expect(() => config.set(['__proto__', 'x'], 1)).toThrow('__proto__');
});
