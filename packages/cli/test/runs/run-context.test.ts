import path from 'node:path';
import type { ServerConfig } from '@org/bridge';
import { expect, test } from 'vitest';
import type { LiveFlagValues } from '../../src/runs/live-toolbox.ts';
import { changesSince, contextOf, flagsFor, runContext } from '../../src/runs/run-context.ts';

const flags: LiveFlagValues = {
  ...{ config: undefined, allow: undefined, ask: undefined, deny: undefined, mount: undefined },
  ...{ reapprove: undefined, approvals: undefined, audit: undefined },
  ...{ verbose: false, cache: true, learn: true },
};

function config(commands: Readonly<Record<string, string>>): ServerConfig {
  const servers = Object.entries(commands).map(([id, command]) => ({
    ...{ id, type: 'stdio', launch: { type: 'stdio', command, args: [], env: [] } },
  }));
  return { files: [], servers, shadowed: [], policy: {} } as unknown as ServerConfig;
}

const begun = { ...flags, ask: ['shop.order'], mount: ['data', './x:y'], config: 'servers.json' };
/** As the record gives it back. */
const context = contextOf({
  context: JSON.parse(JSON.stringify(runContext(begun, config({ shop: 'shop', git: 'git' })))),
});

test('the rules of a run hold where they are not given anew, from whatever folder', () => {
  const { ask, allow, mount, config: file } = flagsFor(context, flags);
  expect([ask, allow]).toEqual([['shop.order'], undefined]);
  expect(mount).toEqual([`${path.resolve('data')}:data`, `${path.resolve('x')}:y`]);
  expect(file).toBe(path.resolve('servers.json'));
  expect(flagsFor(context, { ...flags, ask: ['git'] }).ask).toEqual(['git']);
});

test('changesSince() tells of servers that the run has used', () => {
  const calls = ['shop', 'git', 'shop', '__proto__'].map((server, index) => ({
    ...{ id: index + 1, name: 'callTool', args: [server, 'tool', '{}'], sent: true },
  }));
  const journal = { calls, steps: [] };
  const same = config({ shop: 'shop', git: 'git', other: 'new' });
  expect(changesSince(context, { journal }, same)).toEqual([]);
  expect(changesSince(context, { journal }, config({ shop: 'other' }))).toEqual([
    'The configuration of the server shop has changed since the run began.',
    'The server git, which the run has used, is not configured any more.',
  ]);
});

test('contextOf() takes nothing that something else has written', () => {
  for (const value of [undefined, null, 1, [], {}, { folder: 1 }, { folder: '/', flags: [] }]) {
    expect(contextOf({ ...(value !== undefined && { context: value }) })).toBeUndefined();
  }
  const odd = contextOf({ context: { folder: '/', flags: { ask: [1], deny: 'x' }, servers: {} } });
  expect(flagsFor(odd, flags)).toEqual(flags);
});
