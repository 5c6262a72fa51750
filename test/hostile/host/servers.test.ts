import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitions } from './attacks/definitions.ts';
import { handshakes } from './attacks/handshakes.ts';
import { results } from './attacks/results.ts';
import type { Behaviour } from './behaviour.ts';
import type { ServerGroup } from './server-attack.ts';
import { openServerWorld, type ServerWorld } from './server-world.ts';

const unharmed = { told: [], unseen: [], polluted: false, goodRunsRight: true, left: [] };
const fixture = (name: string) => path.join(import.meta.dirname, name);
const token = 'canary-of-a-header-c03d';

let world: ServerWorld;
let end: () => void;

beforeAll(async () => {
  const server = fork(fixture('../fixtures/tools-server.ts'), ['--http'], {
    env: { ...process.env, TOKEN: token },
  });
  const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
  world = await openServerWorld({
    type: 'http',
    url: `http://127.0.0.1:${port}/mcp`,
    headers: { 'x-token': token },
  });
  end = () => server.kill();
  // What Node loads at its first use adds names to objects of the host.
  await world.attempt(await entryOf({}), { end: { returned: 'fine' }, servers: {} });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  end();
});

const casesOf = <Server>(groups: readonly ServerGroup<Server>[]) =>
  groups.flatMap((group) =>
    Object.entries(group.servers).map(([name, server]) => ({ name, server, group })),
  );

async function entryOf(server: Behaviour): Promise<object> {
  const script = path.join(world.folder, 'script.json');
  await writeFile(script, JSON.stringify(server));
  return {
    command: process.execPath,
    args: [fixture('scripted-server.ts'), script, world.pids, world.canaries.argument],
    env: { TOKEN: world.canaries.server },
  };
}

describe.each(Object.entries({ definitions, handshakes, results }))(
  'over stdio: %s',
  (_, groups) => {
    test.each(casesOf(groups))('$name', async ({ server, group }) => {
      const entry = await entryOf(server);
      expect(await world.attempt(entry, group)).toEqual({ ...unharmed, end: group.end });
    });
  },
);
