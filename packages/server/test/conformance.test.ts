// The server scenarios of the official conformance suite, with a composed host over HTTP. What is
// not run, and why, is in docs/server-conformance.md.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const passing = [
  'server-initialize',
  'server-session-lifecycle',
  'server-sse-multiple-streams',
  'logging-set-level',
  'ping',
  'tools-list',
  'resources-list',
  'sep-2164-resource-not-found',
  'sep-2640-skills-enumeration',
  'sep-2640-skills-manifest',
  'dns-rebinding-protection',
  'http-header-validation',
  'input-required-result-unsupported-methods',
  'input-required-result-validate-input',
];

/** Scenarios of which some checks ask for what only a fixture server has. */
const partly: Readonly<Record<string, readonly string[]>> = {
  'server-stateless': [
    'sep-2575-server-rejects-undeclared-capability',
    'sep-2575-missing-capability-http-400',
    'sep-2575-http-server-no-independent-requests-on-stream',
    'sep-2575-server-no-log-without-loglevel',
  ],
  caching: ['sep-2549-prompts-list-caching-hints'],
};

const exec = promisify(execFile);
const require = createRequire(path.join(import.meta.dirname, '../../../package.json'));
const manifest = require.resolve('@modelcontextprotocol/conformance/package.json');
const { bin } = require(manifest) as { bin: Record<string, string> };
const program = path.join(path.dirname(manifest), bin.conformance ?? '');

async function conformance(...args: string[]): Promise<string> {
  const { stdout, stderr } = await exec(process.execPath, [program, ...args]).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return `${stdout}${stderr}`.replaceAll(/\u001b\[\d+m/g, '');
}

let url = '';
let folder = '';
let end = () => {};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
  await mkdir(path.join(folder, 'twice'));
  await writeFile(
    path.join(folder, 'twice', 'SKILL.md'),
    '---\nname: twice\ndescription: Doubles a number.\n---\n\nMultiply it by 2.\n',
  );
  const fixture = path.join(import.meta.dirname, 'fixtures/serve-http.ts');
  const server = spawn(process.execPath, [fixture, JSON.stringify({ skills: folder })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  end = () => server.kill();
  const [line] = await once(server.stdout, 'data');
  url = String(line).trim();
});

afterAll(async () => {
  end();
  await rm(folder, { recursive: true, force: true });
});

test.each(passing)('conformance: %s', async (scenario) => {
  const output = await conformance('server', '--url', url, '--scenario', scenario, '--force');
  expect(output).toMatch(/Passed: (\d+)\/\1, 0 failed/);
  expect(output).not.toContain('Passed: 0/0');
});

test.each(Object.keys(partly))('conformance, but for what a fixture has: %s', async (scenario) => {
  const output = await conformance('server', '--url', url, '--scenario', scenario, '--force');
  const failed = [...output.matchAll(/\[([a-z0-9-]+) *\] FAILURE/g)].map(([, check]) => check);
  expect(failed.sort()).toEqual([...(partly[scenario] ?? [])].sort());
  expect(output).toMatch(/Passed: [1-9]/);
});

test('each server scenario is run here, or listed with the reason why not', async () => {
  const output = await conformance('list');
  const section = /Server scenarios.*?\n\n/s.exec(output)?.[0] ?? '';
  const scenarios = [...section.matchAll(/^ {2}- (\S+)/gm)].map((match) => match[1] as string);
  expect(scenarios.length).toBeGreaterThan(60);
  const listed = await readFile(
    path.join(import.meta.dirname, '../../../docs/server-conformance.md'),
    'utf8',
  );
  for (const scenario of scenarios) {
    expect(passing.includes(scenario) !== listed.includes(`\`${scenario}\``), scenario).toBe(true);
  }
});
