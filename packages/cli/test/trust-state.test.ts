import { readServerConfig } from '@org/bridge';
import { expect } from 'vitest';
import { openProjectTrust } from '../src/project-trust.ts';
import { servers, test } from './harness.ts';

const { signal } = new AbortController();

test('stateOf() tells what is believed of a server, without asking anybody', async ({
  workshop,
}) => {
  await workshop.write('.git/config', '');
  await workshop.configure({ tools: servers.tools });
  await workshop.write('sub/a', '');
  const here = await readServerConfig({ cwd: workshop.folder, env: {} });
  const below = await readServerConfig({ cwd: workshop.path('sub'), env: {} });
  const [entry] = here.servers;
  const [above] = below.servers;
  if (entry === undefined || above === undefined) throw new Error('no server');

  const trust = await openProjectTrust(here, {});
  expect(await trust.stateOf(entry)).toBe('unasked');
  await expect(trust.admit(entry, { signal })).resolves.toBeUndefined();
  const trustBelow = await openProjectTrust(below, {});
  expect(await trustBelow.stateOf(above)).toBe('untrusted');
  await expect(trustBelow.admit(above, { signal })).rejects.toThrow('not trusted yet');
  // One that is of no file is the operator's own.
  expect(await trust.stateOf(above)).toBe('trusted');
  await expect(trust.admit(above, { signal })).resolves.toBeUndefined();
  expect(await (await openProjectTrust(below, { trust: true })).stateOf(above)).toBe('trusted');
});
