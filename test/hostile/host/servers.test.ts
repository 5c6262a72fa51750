import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverEnv } from '../../server-env.ts';
import { definitions } from './attacks/definitions.ts';
import { handshakes } from './attacks/handshakes.ts';
import { oauth } from './attacks/oauth.ts';
import { results } from './attacks/results.ts';
import { web as webAttacks } from './attacks/web.ts';
import type { Behaviour } from './behaviour.ts';
import type { ServerGroup } from './server-attack.ts';
import { openServerWorld, type ServerWorld } from './server-world.ts';
import { type Exchange, startWeb, type Web } from './web-server.ts';

const unharmed = { told: [], unseen: [], polluted: false, goodRunsRight: true, left: [] };
const fixture = (name: string) => path.join(import.meta.dirname, name);
const token = 'canary-of-a-header-c03d';

let world: ServerWorld;
let web: Web;
let end: () => void;

beforeAll(async () => {
  const server = fork(fixture('../fixtures/tools-server.ts'), ['--http'], {
    env: { ...process.env, TOKEN: token },
  });
  const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
  web = await startWeb();
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
  await web[Symbol.asyncDispose]();
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
    env: { ...serverEnv, TOKEN: world.canaries.server },
  };
}

/** What says nothing but messages does so over HTTP as well, which takes no process. */
function exchangeOf(server: Behaviour): Exchange {
  return Object.fromEntries(
    Object.entries(server).map(([method, [step]]) => {
      if (step === undefined || !('send' in step)) throw new Error(`${method} is not one message.`);
      return [method, { body: JSON.stringify({ jsonrpc: '2.0', ...step.send }) }];
    }),
  );
}

async function attemptWeb(exchange: Exchange, group: ServerGroup<unknown>, asks: boolean) {
  web.answer(exchange);
  const entry = {
    type: 'http',
    url: `${web.origin}/mcp`,
    headers: asks ? {} : { 'x-token': token },
  };
  expect(await world.attempt(entry, group)).toEqual({ ...unharmed, end: group.end });
  expect(web.trapped.splice(0)).toEqual([]);
}

describe.each(Object.entries({ handshakes, results }))('over stdio: %s', (_, groups) => {
  test.each(casesOf(groups))('$name', async ({ server, group }) => {
    expect(await world.attempt(await entryOf(server), group)).toEqual({
      ...unharmed,
      end: group.end,
    });
  });
});

describe('over HTTP', () => {
  test.each(casesOf(definitions))('definitions: $name', ({ server, group }) =>
    attemptWeb(exchangeOf(server), group, false),
  );
  test.each(casesOf(webAttacks))('answers: $name', ({ server, group }) =>
    attemptWeb(server, group, false),
  );
  test.each(casesOf(oauth))('OAuth: $name', ({ server, group }) => attemptWeb(server, group, true));
});
