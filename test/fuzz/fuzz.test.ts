import fc from 'fast-check';
import { describe, test } from 'vitest';
import { targets } from './targets.ts';

/** A few in each run of the tests; `node test/fuzz/long.ts 60` goes on for an hour. */
const numRuns = 300;

describe('fuzzing', () => {
  test.each(targets)('$name', ({ property }) => {
    fc.assert(property, { numRuns });
  });
});
