import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { targets } from './targets.ts';

const root = path.join(import.meta.dirname, '../..');
process.chdir(root);
const only = process.argv.slice(2);
for (const area of ['policy', 'paths', 'rewriter'] as const) {
  const chosen = targets.filter(
    (one) =>
      one.area === area && (only.length === 0 || only.some((part) => one.file.includes(part))),
  );
  if (chosen.length === 0) continue;
  process.env.MUTATION_TESTS = [...new Set(chosen.flatMap(({ tests }) => tests))].join(',');
  const started = performance.now();
  const results = await new Stryker({
    mutate: chosen.map(({ file }) => file),
    testRunner: 'many-mutants',
    plugins: ['test-runner.ts', 'texts.ts'].map((name) => path.join(import.meta.dirname, name)),
    ignorers: ['texts'],
    reporters: ['progress-append-only'],
    concurrency: 1,
    timeoutMS: 20_000,
    ignorePatterns: [
      'benches',
      'docs',
      'examples',
      'reports',
      '.git',
      '.turbo',
      'packages/*/dist',
      'packages/wasm-runtime/engine',
    ],
    // It rewrites one with TypeScript's API, which 7 has no more; nothing here needs it rewritten.
    tsconfigFile: 'none',
    allowConsoleColors: false,
  }).runMutationTest();
  const count: Record<string, number> = {};
  for (const { status } of results) count[status] = (count[status] ?? 0) + 1;
  console.log('DONE', area, Math.round((performance.now() - started) / 1000), count);
  for (const one of results) {
    if (one.status !== 'Survived' && one.status !== 'NoCoverage') continue;
    console.log(
      `${one.status[0]} ${path.relative(root, one.fileName)}:${one.location.start.line}:${one.location.start.column} ${one.mutatorName} → ${one.replacement}`,
    );
  }
}
