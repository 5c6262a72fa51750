import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BridgeOptions, createBridge, readServerConfig } from '@org/bridge';
import { createObservedTypes, memoryObservedStore } from '@org/codegen';
import type { ServerId, ToolDefinition } from '@org/core';
import { introspect } from '@org/introspector';
import { issues } from './issues.ts';
import { compare, median, type Timed } from './measure.ts';
import { type Row, record, timing } from './record.ts';

const server = fileURLToPath(new URL('rows-server.ts', import.meta.url));

async function openBridge(count: number, options: Partial<BridgeOptions>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-observe-'));
  const rows = { command: process.execPath, args: [server], env: { ROWS: String(count) } };
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { rows } }));
  const servers = await readServerConfig({ cwd: folder, env: {} });
  const bridge = createBridge({ servers, introspect, ...options });
  await Promise.all(bridge.servers.map((name) => bridge.catalog(name)));
  await rm(folder, { recursive: true });
  const { signal } = new AbortController();
  const timed: Timed = {
    run: async () => {
      const call = { server: 'rows', tool: 'list_issues', paramsJson: '{}' };
      const outcome = await bridge.callTool(call, { signal });
      if (outcome.status !== 'done') throw new Error(outcome.error.message);
    },
  };
  return { timed, close: () => bridge.close() };
}

const rows: Row[] = [];
for (const count of [1, 10, 1_000, 10_000]) {
  const observed = () => createObservedTypes({ store: memoryObservedStore() });
  const [without, with_] = [
    await openBridge(count, {}),
    await openBridge(count, { observer: observed() }),
  ];
  const value = issues(count);
  const id = 'rows' as ServerId;
  const tool = { name: 'list_issues', digest: 'd' } as unknown as ToolDefinition;
  const known = observed();
  const times = count < 100 ? 100 : 1;
  const taken = await compare(
    {
      without: without.timed,
      with: with_.timed,
      looking: {
        run: async () => {
          for (let time = 0; time < times; time++) await known.onResult(id, tool, value);
        },
      },
      first: {
        prepare: () => Array.from({ length: times }, observed),
        run: async (fresh) => {
          for (const types of fresh as (typeof known)[]) await types.onResult(id, tool, value);
        },
      },
    },
    { ms: 3_000, least: 20 },
  );
  await Promise.all([without.close(), with_.close()]);
  const name = `${count} rows, ${Math.round(JSON.stringify(value).length / 100) / 10} kB`;
  rows.push(
    timing(name, 'a call that is not observed', taken.without),
    timing(name, 'a call that is observed', taken.with),
    timing(name, 'looking at a result that fits', taken.looking, times),
    timing(name, 'looking at the first result', taken.first, times),
    {
      case: name,
      subject: 'looking, share of a call',
      value: Number(((median(taken.looking) / times / median(taken.without)) * 100).toPrecision(2)),
      unit: '%',
    },
  );
}
record('observe', 'What does it cost to learn types from results?', rows);
