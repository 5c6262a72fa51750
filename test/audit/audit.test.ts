import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** A registry that knows what a test lets it know; without, it has no audit, as some mirrors. */
let known: Readonly<Record<string, unknown>> | undefined;
let registry: Server;

beforeAll(async () => {
  registry = createServer((request, response) => {
    request.resume();
    const found = request.url?.endsWith('/advisories/bulk') ? known : {};
    response.writeHead(found === undefined ? 405 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
});

afterAll(() => registry.close());

async function audit(): Promise<{ code: number; output: string }> {
  const { port } = registry.address() as AddressInfo;
  const script = path.join(import.meta.dirname, 'audit.ts');
  const child = spawn(process.execPath, [script, `--registry=http://127.0.0.1:${port}/`]);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, output };
}

const advisory = (id: string, severity: string) => [
  {
    id: Number(id),
    url: `https://github.com/advisories/GHSA-${id}`,
    title: 'Something bad',
    severity,
    vulnerable_versions: '>=0.0.0',
    cwe: ['CWE-1'],
    cvss: { score: 9, vectorString: null },
  },
];

describe('the audit of the dependencies', () => {
  test('ends with 1 for a high advisory of what a user installs', async () => {
    known = { handlebars: advisory('1', 'high'), vitest: advisory('2', 'critical') };
    const { code, output } = await audit();
    expect(code).toBe(1);
    expect(output).toMatch(/^handlebars .*: high, reaches users: Something bad https/mu);
    expect(output).toMatch(/^vitest .*: critical, development only/mu);
    expect(output).toContain('2 advisories, 1 of them high or critical in what reaches users.');
  });

  test('ends with 1 for one of what only the bundle has taken in', async () => {
    known = { 'smol-toml': advisory('3', 'critical') };
    expect(await audit()).toMatchObject({ code: 1 });
  });

  test('ends with 0 for a moderate one, and for one of development', async () => {
    known = { handlebars: advisory('4', 'moderate'), vitest: advisory('5', 'critical') };
    const { code, output } = await audit();
    expect(output).toContain('2 advisories, 0 of them high or critical');
    expect(code).toBe(0);
  });

  test('says that nothing is known where the registry has no audit', async () => {
    known = undefined;
    const { code, output } = await audit();
    expect(output).toContain('THE DEPENDENCIES ARE NOT CHECKED');
    expect(output).toContain('405');
    expect(code).toBe(0);
  });
});
