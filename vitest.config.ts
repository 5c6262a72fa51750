import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { chromiumPath, chromiumTests } from './test/chromium.ts';
import { LongFirst } from './test/long-first.ts';

/** Where the same input has to give the same output each time: a second try would hide that it does not. */
const exact = [
  'packages/{core,codegen,vfs,wasm-runtime}/test/**/*.test.ts',
  'test/{determinism,hostile,fuzz}/**/*.test.ts',
  // A second try has other random input, and would pass over what the first one found.
  ...globSync('packages/*/test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
    readFileSync(path.join(import.meta.dirname, file), 'utf8').includes("'fast-check'"),
  ),
];

/** Of tests of processes, sockets and disks on a busy machine: docs/adr/0039. */
const retry = 1;

export default defineConfig({
  test: {
    // How long something hangs until it counts as that: many times what it takes on a busy machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    // Most tests wait for processes of theirs for some of the time.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    maxConcurrency: 3,
    sequence: { sequencer: LongFirst },
    setupFiles: ['./test/coverage/threads.ts'],
    reporters: ['default', './test/totals-reporter.ts'],
    coverage: {
      provider: 'custom',
      customProviderModule: './test/coverage/provider.ts',
      include: ['packages/*/src/**/*.ts'],
      excludeAfterRemap: true,
      autoAttachSubprocess: true,
      reportOnFailure: true,
      reporter: [],
    },
    projects: [
      { extends: true, test: { name: 'exact', include: exact } },
      {
        extends: true,
        test: {
          name: 'packages',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...exact,
            ...(chromiumPath === undefined ? [chromiumTests] : []),
          ],
          retry,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['examples/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...exact],
          setupFiles: ['./test/coverage/none-of-children.ts'],
          retry,
        },
      },
    ],
  },
});
