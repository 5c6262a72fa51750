import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBridge, readServerConfig } from '@org/bridge';
import type { RunOutcome } from '@org/core';
import { introspect } from '@org/introspector';
import { createSandbox } from '@org/wasm-runtime';
import { compare } from './measure.ts';
import { type Row, record, size, timing } from './record.ts';

const fixture = fileURLToPath(
  new URL('../packages/bridge/test/fixtures/offering.ts', import.meta.url),
);
const bytes = 5_000_000;
const mib = 2 ** 20;

const folder = await mkdtemp(path.join(tmpdir(), 'bench-blobs-'));
const s = { command: process.execPath, args: [fixture] };
await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { s } }));
const servers = await readServerConfig({ cwd: folder, env: {} });
// Parameters of a program's own are capped at 1 MiB; here they shall be compared with a handle.
const bridge = createBridge({ servers, introspect, caps: { paramsBytes: 16 * mib } });
const sandbox = await createSandbox({ tools: bridge, limits: { memoryBytes: 512 * mib } });

const picture = `const [image] = await callTool('s', 'picture', { bytes: ${bytes} });`;
const programs = {
  'the image stays in the server': `${picture} return image.size`,
  'passed on, as a handle': `${picture} return (await callTool('s', 'measure', { data: image.data })).length`,
  'passed on, by way of the guest': `${picture} const data = await readBlob(image.data);
    return (await callTool('s', 'measure', { data })).length`,
  'returned, as a handle': `${picture} return image.data`,
  'returned, by way of the guest': `${picture} return await readBlob(image.data)`,
} as const;
const characters = Math.ceil(bytes / 3) * 4;

async function run(program: string): Promise<RunOutcome> {
  const outcome = await sandbox.run(program, {
    seed: 's',
    startTime: 1_700_000_000_000,
    limits: { outputBytes: 16 * mib },
  });
  const value = outcome.status === 'returned' ? outcome.value : outcome.status;
  const found = typeof value === 'string' ? value.length : value;
  if (found !== characters && found !== bytes) throw new Error(`a wrong result: ${found}`);
  return outcome;
}

/** The same calls without a program. */
async function direct(passedOn: boolean): Promise<void> {
  const { signal } = new AbortController();
  const paramsJson = JSON.stringify({ bytes });
  const picture = await bridge.callTool({ server: 's', tool: 'picture', paramsJson }, { signal });
  if (picture.status !== 'done' || picture.blobs === undefined) throw new Error('no image');
  if (!passedOn) return;
  const { blobs } = picture;
  const data = JSON.stringify({ data: [...blobs.keys()][0] });
  await bridge.callTool({ server: 's', tool: 'measure', paramsJson: data, blobs }, { signal });
}

const rows: Row[] = [];
const subjects = Object.fromEntries(
  Object.entries(programs).map(([name, program]) => [name, { run: () => run(program) }]),
);
const taken = await compare(
  {
    ...subjects,
    'one call, no program': { run: () => direct(false) },
    'two calls, no program': { run: () => direct(true) },
  },
  { ms: 3_000, least: 7 },
);
for (const [name, samples] of Object.entries(taken)) rows.push(timing(name, 'time', samples));
for (const [name, program] of Object.entries(programs)) {
  const { usage } = await run(program);
  rows.push(size(name, 'guest memory', usage.memoryBytes, 'MB'));
  rows.push({ case: name, subject: 'fuel', text: usage.fuel.toLocaleString('en-US') });
}
await sandbox.close();
await bridge.close();
await rm(folder, { recursive: true });
record('blobs', 'What does an image of 5 MB cost, from one tool to another and as a result?', rows);
