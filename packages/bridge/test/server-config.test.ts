import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import { readServerConfig, type ServerConfig } from '../src/index.ts';
import { scratchFolder, variable } from './harness.ts';

async function read(
  text: string,
  env: Record<string, string | undefined> = {},
): Promise<ServerConfig> {
  const cwd = await scratchFolder();
  await writeFile(path.join(cwd, '.mcp.json'), text);
  return readServerConfig({ cwd, env });
}

async function failure(action: Promise<unknown>): Promise<SandboxError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SandboxError)) throw new Error(`no SandboxError: ${String(error)}`);
  return error;
}

const resolved = async (entry: object, env: Record<string, string | undefined> = {}) => {
  const { servers } = await read(JSON.stringify({ mcpServers: { one: entry } }), env);
  return servers[0]?.resolve();
};

test('comments, trailing commas and a byte-order mark are allowed; unknown keys are ignored', async () => {
  const { servers } = await read(`\uFEFF{
    // my servers
    "mcpServers": {
      "a": { "command": "node", "args": ["x",], "timeout": 5, /* later */ },
      "b": { "url": "https://example.test/mcp", "headers": { "X-Key": "1" } },
      "c": { "type": "streamable-http", "url": "http://localhost:1/mcp", "disabled": true },
      "d": { "type": "sse", "url": "https://example.test/sse" },
    },
    "inputs": [],
  }`);
  expect(servers.map(({ id, type, disabled }) => [id, type, disabled])).toEqual([
    ['a', 'stdio', false],
    ['b', 'http', false],
    ['c', 'http', true],
    ['d', 'sse', false],
  ]);
});

test('a file named by configPath is read relative to cwd, and its folder is the servers cwd', async () => {
  const cwd = await scratchFolder();
  await mkdir(path.join(cwd, 'conf'));
  const text = '{"mcpServers":{"a":{"command":"x"},"b":{"command":"x","cwd":"sub"}}}';
  await writeFile(path.join(cwd, 'conf', 'servers.json'), text);
  const file = await readServerConfig({ cwd, configPath: 'conf/servers.json', env: {} });
  expect(file.files.map((one) => one.path)).toEqual([path.join(cwd, 'conf', 'servers.json')]);
  expect(file.servers.map((entry) => entry.resolve())).toMatchObject([
    { cwd: path.join(cwd, 'conf') },
    { cwd: path.join(cwd, 'conf', 'sub') },
  ]);
});

test('a missing file says what to do and shows an example', async () => {
  const cwd = await scratchFolder();
  const plain = await failure(readServerConfig({ cwd, env: {} }));
  expect(plain).toMatchObject({ code: 'CONFIG_NOT_FOUND' });
  expect(plain.hint).toContain('"mcpServers"');
  const named = await failure(readServerConfig({ cwd, configPath: 'my.json', env: {} }));
  expect(named).toMatchObject({ code: 'CONFIG_NOT_FOUND' });
  expect(named.message).toContain('my.json');
});

test('a folder in place of the file is CONFIG_INVALID', async () => {
  const cwd = await scratchFolder();
  expect(await failure(readServerConfig({ cwd, configPath: '.', env: {} }))).toMatchObject({
    code: 'CONFIG_INVALID',
  });
});

const inServer = (member: string): string => `{ "mcpServers": {\n  "a": {\n    ${member} } } }`;

test.each([
  ['{\n  "mcpServers": {\n    "a" { "command": "x" }\n  }\n}', '.mcp.json:3:9: expected a colon'],
  ['{ "mcpServers": { "a": { "command": "x" "args": [] } } }', '.mcp.json:1:41: expected a comma'],
  ['{ "mcpServers": {', '.mcp.json:1:18: expected a closing brace'],
  ['', '.mcp.json:1:1: expected'],
  ['[]', '.mcp.json:1:1: expected an object with "mcpServers"'],
  ['{ "server": {} }', '.mcp.json:1:1: expected an object with "mcpServers"'],
  ['{ "mcpServers": [] }', '.mcp.json:1:17: expected an object of servers'],
  ['{ "mcpServers": {\n  "a": 1 } }', '.mcp.json:2:8: expected an object for the server "a"'],
  ['{ "mcpServers": {\n  "a": {} } }', '.mcp.json:2:8: expected a "command" (stdio) or a "url"'],
  ['{ "mcpServers": {\n  "": {} } }', '.mcp.json:2:3: expected a usable server name'],
  ['{ "mcpServers": {\n  "a\\u202e": {} } }', '.mcp.json:2:3: expected a usable server name'],
  ['{ "mcpServers": {\n  "__proto__": {"command":"x"} } }', '.mcp.json:2:3: expected another'],
  ['{ "mcpServers": {\n "a":{"command":"x"}, "a":{} } }', '.mcp.json:2:23: expected "a" only once'],
  [inServer('"command": 5'), '.mcp.json:3:16: expected text for "command"'],
  [inServer('"command": ""'), '.mcp.json:3:16: expected text for "command"'],
  [inServer('"type": "stdio"'), '.mcp.json:2:8: expected an entry with "command"'],
  [inServer('"type": "tcp", "url": "x"'), '.mcp.json:3:13: expected "stdio", "http"'],
  [inServer('"command": "x", "args": "y"'), '.mcp.json:3:29: expected a list of texts for "args"'],
  [inServer('"command": "x", "args": ["y", 1]'), '.mcp.json:3:35: expected text in "args"'],
  [inServer('"command": "x", "env": { "P": 1 }'), '.mcp.json:3:35: expected text for "P" in "env"'],
  [inServer('"command": "x", "disabled": 1'), '.mcp.json:3:33: expected true or false'],
  [inServer('"url": "file:///etc/passwd"'), '.mcp.json:3:12: expected an http or https address'],
  [inServer('"url": "javascript:alert(1)"'), '.mcp.json:3:12: expected an http or https address'],
  [inServer('"url": "http://me:pw@x.test/"'), '.mcp.json:3:12: expected no user name'],
])('%j is CONFIG_INVALID at its place', async (text, message) => {
  const error = await failure(read(text));
  expect(error.code).toBe('CONFIG_INVALID');
  expect(error.message).toContain(message);
});

test('an error shows the line with a mark, and masks texts that may be secrets', async () => {
  const text =
    '{ "mcpServers": { "a": {\n    "env": { "TOKEN": "canary", "N": 1 }, "command": "x" } } }';
  const error = await failure(read(text));
  expect(error.message).toBe(
    [
      '.mcp.json:2:38: expected text for "N" in "env".',
      '      "env": { "TOKEN": "******", "N": 1 }, "command": "*" } } }',
      `${' '.repeat(2 + 37)}^`,
    ].join('\n'),
  );
});

test('a file nested ten thousand deep is CONFIG_INVALID', async () => {
  const text = `{ "mcpServers": ${'['.repeat(200_000)}`;
  expect(await failure(read(text))).toMatchObject({ code: 'CONFIG_INVALID' });
});

test('variables are filled in everywhere, with defaults, from own entries of the environment only', async () => {
  const entry = {
    command: variable('BIN'),
    args: [variable('A:-x'), `--k=${variable('env:KEY')}`, '$HOME', variable('EMPTY:-full')],
    env: { K: variable('KEY'), NESTED: variable('NESTED') },
    cwd: variable('DIR'),
  };
  const env = { BIN: 'node', KEY: 'k1', EMPTY: '', NESTED: variable('KEY'), DIR: '/tmp' };
  expect(await resolved(entry, env)).toMatchObject({
    command: 'node',
    args: ['x', '--k=k1', '$HOME', 'full'],
    env: { K: 'k1', NESTED: variable('KEY') },
    cwd: '/tmp',
  });
  await expect(resolved({ command: variable('constructor') })).rejects.toMatchObject({
    code: 'VARIABLE_UNSET',
  });
});

test('an unset variable names variable, server and file, and only when the server is used', async () => {
  const { servers } = await read(
    JSON.stringify({
      mcpServers: {
        needy: { url: `https://x.test/${variable('API_KEY')}` },
        fine: { command: 'x' },
      },
    }),
  );
  expect(servers[1]?.resolve()).toMatchObject({ command: 'x' });
  const error = await failure(Promise.try(() => servers[0]?.resolve()));
  expect(error.code).toBe('VARIABLE_UNSET');
  for (const part of ['API_KEY', '"needy"', '.mcp.json']) expect(error.message).toContain(part);
  expect(error.hint).toContain('Set API_KEY');
});

test('a value that is only bad once filled in is CONFIG_INVALID at its place, without the value', async () => {
  const url = await failure(resolved({ url: variable('U') }, { U: 'ftp://canary.test' }));
  expect(url).toMatchObject({ code: 'CONFIG_INVALID' });
  const headers = { Authorization: `Bearer ${variable('T')}` };
  const bad = await failure(resolved({ url: 'http://x.test', headers }, { T: 'canary\nx' }));
  expect(bad.message).toContain('"Authorization"');
  const nul = await failure(resolved({ command: 'x', env: { A: 'canary\0' } }));
  for (const { code, message } of [url, bad, nul]) {
    expect(code).toBe('CONFIG_INVALID');
    expect(message).not.toContain('canary');
  }
});

test('keys such as __proto__ and constructor inside a server are plain data', async () => {
  const { servers } = await read(
    '{"mcpServers":{"constructor":{"command":"x","__proto__":{"disabled":true},"env":{"__proto__":"v"}}}}',
  );
  expect(servers.map(({ id, disabled }) => [id, disabled])).toEqual([['constructor', false]]);
  const server = servers[0]?.resolve();
  expect(server?.type === 'stdio' && Object.entries(server.env)).toEqual([['__proto__', 'v']]);
});

/** Writes files into a folder that is a git repository. */
async function project(files: Record<string, object>): Promise<string> {
  const root = await scratchFolder();
  for (const [name, content] of Object.entries({ '.git/config': {}, ...files })) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), JSON.stringify(content, null, 1));
  }
  return root;
}
const command = (name: string): object => ({ command: name });

test('files of all clients count, from the working folder up to the git root, nearest first', async () => {
  const root = await project({
    '.mcp.json': { mcpServers: { root: command('root'), both: command('far') } },
    '.vscode/mcp.json': { servers: { code: command('code') }, inputs: [] },
    'sub/folder/.cursor/mcp.json': { mcpServers: { both: command('near'), cursor: command('c') } },
  });
  const cwd = path.join(root, 'sub', 'folder');
  const config = await readServerConfig({ cwd, env: {} });
  expect(config.files.map((file) => path.relative(root, file.path))).toEqual([
    'sub/folder/.cursor/mcp.json',
    '.mcp.json',
    '.vscode/mcp.json',
  ]);
  expect(config.servers.map(({ id, origin }) => [id, origin])).toEqual([
    ['both', '.cursor/mcp.json:3'],
    ['cursor', '.cursor/mcp.json:6'],
    ['root', '../../.mcp.json:3'],
    ['code', '../../.vscode/mcp.json:3'],
  ]);
  expect(config.shadowed).toEqual([
    { id: 'both', origin: '../../.mcp.json:6', by: '.cursor/mcp.json:3' },
  ]);
  const resolved = config.servers.map((entry) => entry.resolve());
  expect(resolved).toMatchObject([
    { command: 'near', cwd },
    { command: 'c', cwd },
    { command: 'root', cwd: root },
    { command: 'code', cwd: root },
  ]);
});

test('in one folder .mcp.json counts before .vscode/mcp.json, and that before .cursor/mcp.json', async () => {
  const cwd = await project({
    '.cursor/mcp.json': { mcpServers: { a: command('3'), b: command('3'), c: command('3') } },
    '.vscode/mcp.json': { servers: { a: command('2'), b: command('2') } },
    '.mcp.json': { mcpServers: { a: command('1') } },
  });
  const { servers } = await readServerConfig({ cwd, env: {} });
  expect(servers.map((entry) => entry.resolve())).toMatchObject([
    { id: 'a', command: '1' },
    { id: 'b', command: '2' },
    { id: 'c', command: '3' },
  ]);
});

test('files above the git root do not count, nor any above a folder that is in no repository', async () => {
  const root = await project({
    '.mcp.json': { mcpServers: { outer: command('x') } },
    'inner/.git/config': {},
    'inner/deep/.keep': {},
  });
  const cwd = path.join(root, 'inner', 'deep');
  expect(await failure(readServerConfig({ cwd, env: {} }))).toMatchObject({
    code: 'CONFIG_NOT_FOUND',
  });
  const alone = await scratchFolder();
  await mkdir(path.join(alone, 'sub'));
  await writeFile(path.join(alone, '.mcp.json'), '{"mcpServers":{}}');
  const above = readServerConfig({ cwd: path.join(alone, 'sub'), env: {} });
  expect(await failure(above)).toMatchObject({ code: 'CONFIG_NOT_FOUND' });
});

test('with configPath no other file is read', async () => {
  const cwd = await project({
    '.mcp.json': { mcpServers: { other: command('x') } },
    'mine.json': { servers: { mine: command('x') } },
  });
  const { servers } = await readServerConfig({ cwd, configPath: 'mine.json', env: {} });
  expect(servers.map(({ id }) => id)).toEqual(['mine']);
});

test('the workspace folder is filled in; an input of VS Code is VARIABLE_UNSET by name', async () => {
  const cwd = await project({
    '.vscode/mcp.json': {
      servers: {
        here: { command: 'x', args: [variable('workspaceFolder')] },
        asks: { url: 'https://example.test/', headers: { 'X-Key': variable('input:api-key') } },
      },
    },
  });
  const { servers } = await readServerConfig({ cwd, env: {} });
  expect(servers[0]?.resolve()).toMatchObject({ args: [cwd] });
  expect(() => servers[1]?.resolve()).toThrow(
    /"asks" in .vscode.mcp.json needs the input "api-key"/,
  );
});

test('a filter is read with its kinds, tools and patterns; without "outgoing" it hides all kinds', async () => {
  const filterOf = async (filter: unknown) => {
    const { servers } = await read(
      JSON.stringify({ mcpServers: { one: { command: 'x', filter } } }),
    );
    return servers[0]?.filter;
  };
  expect(await filterOf(undefined)).toBeUndefined();
  expect(await filterOf({})).toEqual({ outgoing: 'all', restoreFor: [], patterns: {} });
  const rules = { outgoing: ['email'], restoreFor: ['send'], patterns: { ticket: 'ACME-\\d{4}' } };
  expect(await filterOf(rules)).toEqual(rules);
  for (const [filter, message] of [
    [true, 'an object for "filter"'],
    [{ outgoin: 'all' }, 'only "outgoing", "restoreFor", "patterns" in "filter"'],
    [{ outgoing: 'some' }, 'a list of texts for "outgoing"'],
    [{ outgoing: ['mail'] }, 'There is nothing named mail to filter'],
    [{ restoreFor: 'send' }, 'a list of texts for "restoreFor"'],
    [{ patterns: { own: '(a+)+' } }, 'it has ('],
  ] as const) {
    const error = await failure(filterOf(filter));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatch(/^\.mcp\.json:1:\d+: /);
    expect(error.message).toContain(message);
  }
});
