/**
 * Clients whose requests have the same ids at the same time, half of each form of the protocol. Each
 * answer says for whom it was made and what was said: one that reaches another client is counted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { createLog } from '@org/server';
import { createMetrics, type HttpClient, serveHttp } from '@org/server/http';
import { openTokenStore } from '@org/server/tokens';
import { quick } from './measure.ts';
import { type Row, record } from './record.ts';

const clients = quick ? 10 : 100;
const calls = quick ? 20 : 1_000;
const hourMs = 3_600_000;
/** Calls of one client under way. */
const atOnce = 4;

const inputSchema = fromJsonSchema<{ said: string }>({
  type: 'object',
  properties: { said: { type: 'string' } },
  required: ['said'],
});

function serverFor({ principal }: HttpClient): McpServer {
  const server = new McpServer({ name: 'echo', version: '1.0.0' });
  server.registerTool('echo', { inputSchema }, ({ said }) => ({
    content: [{ type: 'text', text: JSON.stringify({ principal, said }) }],
  }));
  return server;
}

const folder = mkdtempSync(path.join(tmpdir(), 'http-bench-'));
const tokens = openTokenStore(folder);
const serving = await serveHttp({
  agentServerFor: serverFor,
  listen: { host: '127.0.0.1', port: 0 },
  tokens,
  // What is asked is whether answers cross, on however busy a machine.
  caps: { headersMs: hourMs, requestMs: hourMs, idleConnectionMs: hourMs },
  log: createLog('warn'),
  metrics: createMetrics(),
  suspendRuns: async () => {},
});
const url = new URL(serving.urls[0] as string);

async function connect(index: number): Promise<{ name: string; client: Client }> {
  const name = `client-${index}`;
  const token = await tokens.add({ name, use: 'agents' });
  const client = new Client(
    { name, version: '1.0.0' },
    { versionNegotiation: { mode: index % 2 === 0 ? 'legacy' : { pin: '2026-07-28' } } },
  );
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  return { name, client };
}

const connected = await Promise.all(Array.from({ length: clients }, (_, index) => connect(index)));
let crossed = 0;
let answered = 0;

async function callInTurn(name: string, client: Client, first: number): Promise<void> {
  for (let call = first; call < calls; call += atOnce) {
    const said = `${name} says ${call}`;
    const { content } = await client.callTool(
      { name: 'echo', arguments: { said } },
      { timeout: 600_000 },
    );
    answered++;
    const [block] = content;
    const text = block?.type === 'text' ? block.text : '';
    if (text !== JSON.stringify({ principal: name, said })) crossed++;
  }
}

await Promise.all(
  connected.flatMap(({ name, client }) =>
    Array.from({ length: atOnce }, (_, first) => callInTurn(name, client, first)),
  ),
);
await Promise.all(connected.map(({ client }) => client.close()));
await serving.close();
rmSync(folder, { recursive: true });

const rows: Row[] = [
  {
    case: `${clients} clients, ${calls.toLocaleString('en')} calls each, equal ids: answers that reached another client`,
    subject: 'ours',
    text: `${crossed} of ${answered.toLocaleString('en')}`,
  },
];
record('http', 'Do clients of one server over HTTP get their own answers?', rows);
if (crossed > 0 || answered !== clients * calls) process.exitCode = 1;
