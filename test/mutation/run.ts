import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { targets } from './targets.ts';

const root = path.join(import.meta.dirname, '../..');
process.chdir(root);
const only = process.argv.slice(2);
for (const { file, tests } of targets) {
  if (only.length > 0 && !only.some((part) => file.includes(part))) continue;
  process.env.MUTATION_TESTS = tests.join(',');
  const started = performance.now();
  const results = await new Stryker({
    mutate: [file],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner', path.join(import.meta.dirname, 'texts.ts')],
    ignorers: ['texts'],
    reporters: ['progress-append-only'],
    concurrency: 2,
    timeoutMS: 20_000,
    ignorePatterns: ['benches', 'docs', 'examples', 'reports', '.git', '.turbo', 'packages/*/dist', 'packages/wasm-runtime/engine'],
    // It rewrites one with TypeScript's API, which 7 has no more; nothing here needs it rewritten.
    tsconfigFile: 'none',
    incremental: true,
    incrementalFile: `/tmp/mu/incremental/${file.replaceAll('/', '-')}.json`,
    allowConsoleColors: false,
  }).runMutationTest();
  const count: Record<string, number> = {};
  for (const { status } of results) count[status] = (count[status] ?? 0) + 1;
  console.log('DONE', file, Math.round((performance.now() - started) / 1000), count);
  for (const one of results) {
    if (one.status !== 'Survived' && one.status !== 'NoCoverage') continue;
    console.log(
      `${one.status[0]} ${path.relative(root, one.fileName)}:${one.location.start.line}:${one.location.start.column} ${one.mutatorName} → ${one.replacement}`,
    );
  }
}
