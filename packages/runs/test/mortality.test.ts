import { expect, test } from 'vitest';
import { scratchFolder } from './harness.ts';
import { measureMortality } from './mortality.ts';

test('a host that is killed at random points loses no answer and repeats no write', async () => {
  const found = await measureMortality(scratchFolder(), { kills: 40, runs: 24, seed: 7 });
  expect(found.wrongs).toEqual([]);
  // Some find that all runs have ended.
  expect(found.kills).toBeGreaterThan(25);
  // All but those that were sent when a host died, which the programs were told of.
  expect(found.effects).toBeGreaterThanOrEqual(24 * 9 - found.unknown);
}, 600_000);
