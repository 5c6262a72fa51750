import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The default leaves one processor to itself, which is half of a machine with two.
    maxWorkers: '100%',
    maxConcurrency: 3,
    sequence: { sequencer: LongFirst },
    reporters: ['default', './test/totals-reporter.ts'],
  },
});
