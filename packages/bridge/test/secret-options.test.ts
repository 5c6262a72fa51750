import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readServerConfig } from '../src/index.ts';
import { secretsOfArguments, secretsOfUrl } from '../src/secret-options.ts';

test.each<[args: string[], secrets: string[]]>([
  [
    ['--token=abc=1', '--api-key', 'k-1', '-apiKey=x', '--PASSWORD', 'p w'],
    ['abc=1', 'k-1', 'x', 'p w'],
  ],
  [['--connectionString', 'mongodb://u:p@h/db'], ['mongodb://u:p@h/db']],
  [['--key', '--verbose', 'word', '--auth'], []],
  [['-y', 'token', '--root', '/srv', '--port=80'], []],
  [['--key-file', '/etc/key.pem', '--secret-dir=/run', '--tokenPath', 't'], []],
])('secrets of the arguments %j', (args, secrets) => {
  expect(secretsOfArguments(args)).toEqual(secrets);
});

test.each<[url: string, secrets: string[]]>([
  ['https://a.b/mcp?api_key=k%2D1&page=2#key=x', ['k%2D1', 'k-1']],
  ['https://a.b/mcp?ACCESS_TOKEN=a=b', ['a=b', 'a=b']],
  ['https://a.b/key/token', []],
  ['no address', []],
])('secrets of the address %s', (url, secrets) => {
  expect(secretsOfUrl(url)).toEqual(secrets);
});

test('what a server says of secrets that are written into its entry is shown without them', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'secret-options-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const mcpServers = {
    run: { command: 'run', args: ['--token=canary-1', '--api-key', 'canary-2', 'canary-3'] },
    web: { url: 'https://a.b/mcp?key=canary%2D4&page=canary-5' },
  };
  writeFileSync(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers }));
  const { servers } = await readServerConfig({ cwd: folder, env: {} });
  const said = 'canary-1 canary-2 canary-3 canary%2D4 canary-4 canary-5';
  expect(servers.map((server) => server.resolve().redact(said))).toEqual([
    '[redacted] [redacted] canary-3 canary%2D4 canary-4 canary-5',
    'canary-1 canary-2 canary-3 [redacted] [redacted] canary-5',
  ]);
});
