import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const request = (id: number, method: string, params: object) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

test('own-server.ts runs a program for an agent', async () => {
  const server = spawn(process.execPath, [file('own-server.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('close', resolve));
  let output = '';
  const isAnswered = new Promise<void>((resolve) => {
    server.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('"id":1')) resolve();
    });
  });
  const clientInfo = { name: 'example', version: '1' };
  const protocolVersion = '2025-11-25';
  const call = { name: 'execute_code', arguments: { code: 'return 6 * 7' } };
  server.stdin.write(`${request(0, 'initialize', { protocolVersion, capabilities: {}, clientInfo })}
{"jsonrpc":"2.0","method":"notifications/initialized"}
${request(1, 'tools/call', call)}
`);
  await isAnswered;
  server.stdin.end();
  expect(await ended).toBe(0);
  const answer = output.split('\n').find((line) => line.includes('"id":1')) as string;
  expect(JSON.parse(answer).result.structuredContent).toMatchObject({
    status: 'returned',
    value: 42,
  });
});

test('the README of @org/server shows own-server.ts as it is', () => {
  const readme = readFileSync(file('../../packages/server/README.md'), 'utf8');
  expect(readme).toContain(readFileSync(file('own-server.ts'), 'utf8'));
});
