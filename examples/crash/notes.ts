/**
 * Writes notes to the memory server, as a run that is kept: `node notes.ts <folder> [die after calls]`.
 * Killed in the middle and called again, it goes on where it stood.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createBridge, readServerConfig } from '@org/bridge';
import { introspect } from '@org/introspector';
import { openRunStore, openRuns } from '@org/runs';
import { createSandbox } from '@org/wasm-runtime';

const [, , folder = '.', dieAfter = 'never'] = process.argv;
const server = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-memory/dist/index.js',
);
const memory = {
  command: process.execPath,
  args: [server],
  env: { MEMORY_FILE_PATH: path.join(folder, 'memory.jsonl') },
};
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { memory } }));

const program = `
for (const name of ['ada', 'grace', 'alan', 'edsger', 'barbara']) {
  const entities = [{ name, entityType: 'person', observations: ['wrote programs'] }];
  await callTool('memory', 'create_entities', { entities });
}
const { entities } = await callTool('memory', 'read_graph', {});
return entities.map(({ name }) => name).join(' ');`;

const servers = await readServerConfig({ cwd: folder, env: process.env });
await using bridge = createBridge({ servers, introspect });
await using sandbox = await createSandbox({ tools: bridge });
await using runs = openRuns({
  store: openRunStore({ path: path.join(folder, 'runs.db') }),
  // A name that is there already is left as it is.
  mayRetry: ({ args: [, tool] }) => tool === 'create_entities' || tool === 'read_graph',
});

let calls = 0;
const onEvent = ({ type, replayed }: { type: string; replayed?: boolean }) => {
  if (type === 'call' && !replayed) calls++;
  if (String(calls) === dieAfter) process.kill(process.pid, 'SIGKILL');
};
const [lost] = runs.list({ status: ['lost'] });
const run = lost
  ? await runs.resume(sandbox, lost.runId, { onEvent })
  : await runs.start(sandbox, program, { onEvent });
const outcome = await run.outcome;
const { same } = await runs.replay(sandbox, run.runId);
const value = outcome.status === 'returned' ? outcome.value : outcome;
console.log(`${lost ? 'resumed' : 'started'}, ${calls} calls made: ${value}; replay ${same}`);
