import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
    // How long something hangs until it counts as that: many times what it takes on a busy machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    // The default leaves one processor to itself, which is half of a machine with two.
    maxWorkers: '100%',
    maxConcurrency: 3,
    sequence: { sequencer: LongFirst },
    reporters: ['default', './test/totals-reporter.ts'],
  },
});
