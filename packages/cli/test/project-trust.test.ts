import { stat } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readServerConfig } from '@org/bridge';
import { describe, expect, vi } from 'vitest';
import { openProjectTrust } from '../src/project-trust.ts';
import { TerminalQuestions } from '../src/terminal-questions.ts';
import { servers, test, type Workshop } from './harness.ts';

const greet = "return callTool('tools', 'greet', { name: 'Ada' })";
const { signal } = new AbortController();

/** A git repository with a configuration at its root, and a folder in it with a program. */
async function repository(workshop: Workshop) {
  await workshop.write('.git/config', '');
  await workshop.configure({ tools: servers.tools });
  await workshop.write('sub/greet.ts', greet);
  await workshop.write(
    'sub/import.ts',
    "import { greet } from './servers/tools'; export default greet;",
  );
  await workshop.write('greet.ts', greet);
}

describe.concurrent('without a terminal', () => {
  test('the servers of a file in the working folder are used', async ({ workshop }) => {
    await repository(workshop);
    const result = await workshop.cli(['execute', 'greet.ts', '--json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.json().value).toBe('Hello Ada!');
  });

  test('those of a file above it are not, unless the user says so', async ({ workshop }) => {
    await repository(workshop);
    const sub = { cwd: 'sub' };
    const [called, imported, listed, ...allowed] = await Promise.all([
      workshop.cli(['execute', 'greet.ts', '--json'], sub),
      workshop.cli(['execute', 'import.ts', '--json'], sub),
      workshop.cli(['introspect', 'tools'], sub),
      workshop.cli(['execute', 'greet.ts', '--trust'], sub),
      workshop.cli(['execute', 'greet.ts', '--config', '../.mcp.json'], sub),
      workshop.cli(['execute', 'greet.ts'], { ...sub, env: { MCP_CLI_TRUST: 'always' } }),
    ]);
    for (const result of [called, imported]) {
      expect(result?.code).toBe(4);
      expect(result?.json().error.code).toBe('NOT_TRUSTED');
    }
    expect(called?.json().calls).toMatchObject([{ status: 'refused' }]);
    expect(listed).toMatchObject({ code: 4, stdout: '' });
    expect(listed?.stderr).toContain('The servers of ../.mcp.json are not trusted yet.');
    for (const result of allowed) {
      expect(result).toMatchObject({ code: 0, stdout: '"Hello Ada!"\n' });
    }
  });

  test('MCP_CLI_TRUST=ask refuses them all, and a program that uses none of them runs', async ({
    workshop,
  }) => {
    await repository(workshop);
    await workshop.write('none.ts', 'export default 1');
    const env = { MCP_CLI_TRUST: 'ask' };
    const [refused, none, typo] = await Promise.all([
      workshop.cli(['generate', 'tools', '--json'], { env }),
      workshop.cli(['execute', 'none.ts'], { env }),
      workshop.cli(['introspect', 'tools'], { env: { MCP_CLI_TRUST: 'never' } }),
    ]);
    expect(refused.code).toBe(4);
    expect(refused.json().error.code).toBe('NOT_TRUSTED');
    expect(none).toMatchObject({ code: 0, stdout: '1\n' });
    expect(typo.code).toBe(2);
    await expect(stat(workshop.path('tools.pid'))).rejects.toThrow('ENOENT');
  });

  test('what was trusted is used until the file changes', async ({ workshop }) => {
    await repository(workshop);
    const config = await readServerConfig({ cwd: workshop.folder, env: {} });
    const [file] = config.files;
    const { digest } = file as NonNullable<typeof file>;
    const trusted = [{ path: workshop.path('.mcp.json'), digest }];
    const folder =
      process.platform === 'darwin' ? 'Library/Preferences/mcp-cli' : '.config/mcp-cli';
    await workshop.write(`${folder}/trusted.json`, JSON.stringify({ version: 1, trusted }));
    const first = await workshop.cli(['execute', 'greet.ts'], { cwd: 'sub' });
    expect(first).toMatchObject({ code: 0, stdout: '"Hello Ada!"\n' });
    await workshop.write('.mcp.json', `${await workshop.read('.mcp.json')} `);
    expect((await workshop.cli(['execute', 'greet.ts'], { cwd: 'sub' })).code).toBe(4);
  });
});

describe('at a terminal', () => {
  /** Opens the servers of the working folder as somebody who types `typed`. */
  async function asked(workshop: Workshop, typed: string) {
    vi.stubEnv('HOME', workshop.folder);
    vi.stubEnv('XDG_CONFIG_HOME', workshop.path('conf'));
    vi.stubEnv('MCP_CLI_TRUST', undefined);
    vi.resetModules();
    const input = new PassThrough();
    const output = new PassThrough();
    const hold = () => ({ [Symbol.dispose]: () => {} });
    input.end(typed);
    const person = new TerminalQuestions({ input, output, hold });
    const config = await readServerConfig({ cwd: workshop.folder, env: {} });
    const trust = await openProjectTrust(config, { person });
    const results = await Promise.allSettled(
      config.servers.map((entry) => trust.admit(entry, { signal })),
    );
    output.end();
    const codes = results.map((one) => (one.status === 'rejected' ? one.reason.code : 'admitted'));
    return { codes, shown: await text(output) };
  }

  const entries = {
    files: {
      command: 'node\u001B[2J',
      args: [`--token=\${TOKEN}`, 'a b', 'x\u202Ey\nz'],
      cwd: 'below',
      env: { KEY: 'value-of-key' },
    },
    web: { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer value-of-header' } },
    off: { command: 'never', disabled: true },
  };

  test('a person is asked once about a file, and sees what would be started', async ({
    workshop,
  }) => {
    await workshop.write('.mcp.json', JSON.stringify({ mcpServers: entries }));
    const { codes, shown } = await asked(workshop, 'y\nn\n');
    expect(codes).toEqual(['admitted', 'admitted', 'admitted']);
    expect(shown.match(/Use them\?/g)).toHaveLength(1);
    expect(shown).toContain(
      [
        '  files (.mcp.json:1)',
        `    runs "node\\u001b[2J" --token=\${TOKEN} "a b" "x\\u{202e}y\\nz"`,
        '    in below',
        '    with the variables KEY',
        '  web (.mcp.json:1)',
        '    connects to https://example.com/mcp',
        '    with the headers Authorization',
        'Use them?',
      ].join('\n'),
    );
    for (const hidden of ['value-of', 'never', '\u001B']) expect(shown).not.toContain(hidden);
  });

  test('a yes is remembered for the user alone, and for this content', async ({ workshop }) => {
    await workshop.write('.mcp.json', JSON.stringify({ mcpServers: entries }));
    expect((await asked(workshop, 'yes\n')).codes).toContain('admitted');
    const again = await asked(workshop, '');
    expect(again).toEqual({ codes: ['admitted', 'admitted', 'admitted'], shown: '' });
    const folder = process.platform === 'darwin' ? 'Library/Preferences' : 'conf';
    const kept = await stat(path.join(workshop.folder, folder, 'mcp-cli/trusted.json'));
    expect(kept.mode & 0o777).toBe(0o600);
    await workshop.write(
      '.mcp.json',
      JSON.stringify({ mcpServers: { ...entries, more: entries.web } }),
    );
    const changed = await asked(workshop, 'n\n');
    expect(new Set(changed.codes)).toEqual(new Set(['NOT_TRUSTED']));
    expect(changed.shown).toContain('the file has changed since');
  });

  test.for(['n\n', '\n', 'yy\n', ''])(
    '%j is no yes, and nothing is remembered',
    async (typed, { workshop }) => {
      await workshop.write('.mcp.json', JSON.stringify({ mcpServers: entries }));
      const { codes } = await asked(workshop, typed);
      expect(codes).toEqual(['NOT_TRUSTED', 'NOT_TRUSTED', 'NOT_TRUSTED']);
      expect((await asked(workshop, 'n\n')).shown).toContain('Use them?');
    },
  );
});
