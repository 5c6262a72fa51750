// The client scenarios of the official conformance suite, with a bridge as the client. What is not
// run, and why, is in docs/bridge-conformance.md.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { fixture } from './harness.ts';

const passing = [
  'initialize',
  'tools_call',
  'sse-retry',
  'request-metadata',
  'http-standard-headers',
  'json-schema-ref-no-deref',
  'json-schema-2020-12-preservation',
  'auth/metadata-default',
  'auth/metadata-var1',
  'auth/metadata-var2',
  'auth/metadata-var3',
  'auth/scope-from-www-authenticate',
  'auth/scope-from-scopes-supported',
  'auth/scope-omitted-when-undefined',
  'auth/scope-retry-limit',
  'auth/token-endpoint-auth-basic',
  'auth/token-endpoint-auth-post',
  'auth/token-endpoint-auth-none',
  'auth/2025-03-26-oauth-metadata-backcompat',
  'auth/2025-03-26-oauth-endpoint-fallback',
  'auth/resource-mismatch',
  'auth/offline-access-scope',
  'auth/offline-access-not-supported',
  'auth/authorization-server-migration',
  'auth/iss-supported',
  'auth/iss-not-advertised',
  'auth/iss-supported-missing',
  'auth/iss-wrong-issuer',
  'auth/iss-unexpected',
  'auth/iss-normalized',
  'auth/metadata-issuer-mismatch',
];

const exec = promisify(execFile);
const require = createRequire(path.join(import.meta.dirname, '../../../package.json'));
const manifest = require.resolve('@modelcontextprotocol/conformance/package.json');
const { bin } = require(manifest) as { bin: Record<string, string> };
const program = path.join(path.dirname(manifest), bin.conformance ?? '');
const conformance = (...args: string[]) => exec(process.execPath, [program, ...args]);

test.concurrent.each(passing)('conformance: %s', async (scenario) => {
  const command = `"${process.execPath}" "${fixture('conformance-client.ts')}"`;
  const { stdout, stderr } = await conformance(
    'client',
    '--command',
    command,
    '--scenario',
    scenario,
    '--verbose',
  ).catch((error: { stdout: string; stderr: string }) => error);
  expect(`${stdout}${stderr}`).toContain('OVERALL: PASSED');
});

test('each client scenario is run here, or listed with the reason why not', async () => {
  const { stdout } = await conformance('list');
  const section = /Client scenarios.*?\n\n/s.exec(`${stdout}\n\n`)?.[0] ?? '';
  const scenarios = [...section.matchAll(/^ {2}- (\S+)/gm)].map((match) => match[1] as string);
  expect(scenarios.length).toBeGreaterThan(40);
  const listed = await readFile(
    path.join(import.meta.dirname, '../../../docs/bridge-conformance.md'),
    'utf8',
  );
  for (const scenario of scenarios) {
    const words = `\`${scenario}\``;
    expect(passing.includes(scenario) !== listed.includes(words), scenario).toBe(true);
  }
});
