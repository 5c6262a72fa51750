import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.join(import.meta.dirname, '../..'),
  test: {
    include: ['test/mutation/every-mutant.ts'],
    setupFiles: [path.join(import.meta.dirname, 'same-choices.ts')],
    // Only the last: it runs the others.
    testNamePattern: /^every mutant$/u,
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 30_000,
  },
});
