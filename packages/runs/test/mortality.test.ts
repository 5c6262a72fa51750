import { expect, test } from 'vitest';
import { scratchFolder } from './harness.ts';
import { measureMortality } from './mortality.ts';

test('a host that is killed at random points loses no answer and repeats no write', async () => {
  const found = await measureMortality(scratchFolder(), { kills: 20, runs: 12, seed: 7 });
  expect(found.wrongs).toEqual([]);
  // Some find that all runs have ended.
  expect(found.kills).toBeGreaterThan(12);
  // All but those that were sent when a host died, which the programs were told of.
  expect(found.effects).toBeGreaterThanOrEqual(12 * 9 - found.unknown);
}, 600_000);
