import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createBridge, readServerConfig } from '@org/bridge';
import { introspect } from '@org/introspector';
import { compare, quick, type Timed } from './measure.ts';
import { type Row, record, timing } from './record.ts';

const fixture = fileURLToPath(
  new URL('../packages/bridge/test/fixtures/items.ts', import.meta.url),
);
const servers = 10;
const server = { command: process.execPath, args: [fixture] };
const params = { key: 'octo/cat', deep: { state: 'open', page: 1 } };
const paramsJson = JSON.stringify(params);
const expected = JSON.stringify({ key: 'octo/cat', value: null });
/** A bridge to `count` servers of their own, all connected. */
async function openBridge(count: number, policy: object) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-bridge-'));
  const names = Array.from({ length: count }, (_, index) => `server-${index}`);
  const mcpServers = Object.fromEntries(names.map((name) => [name, server]));
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers, policy }));
  const configured = await readServerConfig({ cwd: folder, env: {} });
  const bridge = createBridge({ servers: configured, introspect });
  await Promise.all(bridge.servers.map((name) => bridge.catalog(name)));
  await rm(folder, { recursive: true });
  const runs = names.map(() => new AbortController().signal);
  const call = async (index: number) => {
    const signal = runs[index % count] as AbortSignal;
    const name = names[index % count] as string;
    const outcome = await bridge.callTool(
      { server: name, tool: 'get_item', paramsJson },
      { signal },
    );
    if (outcome.status !== 'done' || outcome.json !== expected) throw new Error('a wrong answer');
  };
  return { call, close: () => bridge.close() };
}

/** The SDK's client and transport as they are. */
async function openSdk(count: number) {
  const clients: Client[] = [];
  for (let index = 0; index < count; index++) {
    const client = new Client({ name: 'bench', version: '1.0.0' });
    await client.connect(new StdioClientTransport(server));
    clients.push(client);
  }
  const call = async (index: number) => {
    const client = clients[index % count] as Client;
    const { content } = await client.callTool({ name: 'get_item', arguments: params });
    const [block] = content as { text?: string }[];
    if (block?.text !== expected) throw new Error('a wrong answer');
  };
  return { call, close: () => Promise.all(clients.map((client) => client.close())) };
}

type Caller = Awaited<ReturnType<typeof openBridge | typeof openSdk>>;

const sequence = (caller: Caller, count: number): Timed => ({
  run: async () => {
    for (let index = 0; index < count; index++) await caller.call(index);
  },
});
/** Each of ten servers has 16 calls under way until it had its share of `count`. */
const spreadOut = (caller: Caller, count: number): Timed => ({
  run: () =>
    Promise.all(
      Array.from({ length: servers * 16 }, async (_, first) => {
        for (let index = first; index < count; index += servers * 16) await caller.call(index);
      }),
    ),
});

const rows: Row[] = [];
const [bridge, sdk] = [await openBridge(1, {}), await openSdk(1)];
const cached = await openBridge(1, { cacheable: ['*.get_item'] });
const calls = 100;
const inSequence = 'a call of 100 in sequence';
const one = await compare(
  { ours: sequence(bridge, calls), 'bare SDK': sequence(sdk, calls) },
  { ms: 4_000 },
);
rows.push(timing(inSequence, 'ours', one.ours, calls));
rows.push(timing(inSequence, 'bare SDK', one['bare SDK'], calls));

const hits = 1_000;
const hit = await compare({ ours: sequence(cached, hits) }, { ms: 1_500 });
rows.push(timing('a call of 1,000 in sequence, cached', 'ours', hit.ours, hits));
for (const caller of [bridge, sdk, cached]) await caller.close();

const [manyBridge, manySdk] = [await openBridge(servers, {}), await openSdk(servers)];
const many = quick ? 1_000 : 10_000;
const spread = await compare(
  { ours: spreadOut(manyBridge, many), 'bare SDK': spreadOut(manySdk, many) },
  { ms: 1_000, least: 2 },
);
for (const subject of ['ours', 'bare SDK'] as const) {
  rows.push(
    timing('10,000 calls across 10 servers, 16 under way at each', subject, spread[subject]),
  );
}
for (const caller of [manyBridge, manySdk]) await caller.close();

record('bridge', 'What does the bridge add to a call?', rows);
