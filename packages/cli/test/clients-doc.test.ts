import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readServerConfig } from '@org/bridge';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, test as plain } from 'vitest';
import { serveFlags } from '../src/serve/serve-flags.ts';
import { isThisCommand } from '../src/serve/this-command.ts';
import { servers, test } from './harness.ts';
import { overStdio } from './serve/serving.ts';

const file = path.resolve(import.meta.dirname, '../../../docs/clients.md');
const text = readFileSync(file, 'utf8');

/** The blocks that have a name before them. */
const blocks = new Map(
  [...text.matchAll(/<!-- ([a-z-]+) -->\n\n```(json|toml) held[^\n]*\n(.*?)```/gsu)].map(
    ([, name = '', language = '', body = '']) => [
      name,
      // biome-ignore lint/suspicious/noExplicitAny: a test reads documents of several clients.
      (language === 'toml' ? parseToml(body) : JSON.parse(body)) as any,
    ],
  ),
);
const block = (name: string) => blocks.get(name) ?? expect.fail(`There is no block ${name}.`);

/** Where a project has the block of a client that this command reads itself. */
const places = {
  'claude-code': '.mcp.json',
  'claude-code-http': '.mcp.json',
  'claude-desktop': '.mcp.json',
  cursor: '.cursor/mcp.json',
  'cursor-http': '.cursor/mcp.json',
  vscode: '.vscode/mcp.json',
  'vscode-http': '.vscode/mcp.json',
} as const;

plain('there is a block for every client, on stdio and over HTTP', () => {
  expect([...blocks.keys()].toSorted()).toEqual(
    [...Object.keys(places), 'codex', 'codex-http'].toSorted(),
  );
});

describe('the blocks of docs/clients.md', () => {
  test.for(Object.entries(places))(
    '%s is read back from %s',
    async ([name, place], { workshop }) => {
      await workshop.write(place, JSON.stringify(block(name)));
      const env = { HOME: '/home/ada', MCP_CLI_TOKEN: 'x' };
      const config = await readServerConfig({ cwd: workshop.folder, env });
      const [entry] = config.servers;
      expect(config.servers.map(({ id }) => id)).toEqual(['programs']);
      if (name.endsWith('-http')) {
        expect(entry?.launch).toMatchObject({ type: 'http', url: 'http://127.0.0.1:8383/mcp' });
        // VS Code alone can ask for its token.
        if (name !== 'vscode-http')
          expect(entry?.resolve()).toMatchObject({ headers: { Authorization: 'Bearer x' } });
        return;
      }
      expect(entry && isThisCommand(entry.launch)).toBe(true);
      const resolved = entry?.resolve();
      expect(resolved).toMatchObject({ type: 'stdio' });
      if (resolved?.type !== 'stdio') return;
      expect(path.basename(resolved.command)).toBe('mcp-cli');
      expectCommand(resolved.args);
      expect(resolved.args.every((word) => !word.includes('$'))).toBe(true);
    },
  );

  plain('those of Codex are tables of config.toml', () => {
    const { programs } = block('codex').mcp_servers;
    expect(programs.command).toBe('mcp-cli');
    expectCommand(programs.args);
    expect(programs.tool_timeout_sec).toBeGreaterThan(120);
    const { programs: remote } = block('codex-http').mcp_servers;
    expect(Object.keys(remote).toSorted()).toEqual([
      ...['bearer_token_env_var', 'tool_timeout_sec', 'url'],
    ]);
    expect(new URL(remote.url).pathname).toBe('/mcp');
  });

  plain('every flag of serve that the page names is one', () => {
    const own = Object.keys(serveFlags);
    const named = [...text.matchAll(/`--([a-z-]+)/gu)].map(([, flag = '']) => flag);
    expect(named.filter((flag) => !own.includes(flag) && flag !== 'config')).toEqual([]);
    expect(named.length).toBeGreaterThan(3);
  });
});

function expectCommand(args: readonly string[]): void {
  const [command, flag, config = ''] = args;
  expect([command, flag, path.isAbsolute(config)]).toEqual(['serve', '--config', true]);
}

test('a project whose file has mcp-cli serve beside its servers serves these alone', async ({
  workshop,
}) => {
  const own = block('claude-code').mcpServers;
  await workshop.configure({ ...own, tools: servers.tools });
  const { client } = await overStdio(workshop);
  expect(client.getInstructions()).toContain('Servers: tools.');
});
