/**
 * Mutates the files of `targets.ts`, runs the tests that concern each, and writes what survived to
 * results.json. `npm run mutation -- <parts of paths>` takes some files and leaves the others' results;
 * `--static` tries those mutants too that are only reached while a module is loaded.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { equivalents } from './equivalents.ts';
import { type FileResult, type Results, scoreOf } from './results.ts';
import { areas, type Target, targets } from './targets.ts';

const root = path.join(import.meta.dirname, '../..');
const resultsFile = path.join(import.meta.dirname, 'results.json');
process.chdir(root);

const parts = process.argv.slice(2).filter((part) => part !== '--static');
const withStatic = process.argv.includes('--static');

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

async function mutate(chosen: readonly Target[]): Promise<readonly Mutant[]> {
  process.env.MUTATION_TESTS = [...new Set(chosen.flatMap(({ tests }) => tests))].join(',');
  return await new Stryker({
    mutate: chosen.map(({ file }) => file),
    testRunner: 'many-mutants',
    plugins: ['test-runner.ts', 'texts.ts'].map((name) => path.join(import.meta.dirname, name)),
    ignorers: ['texts'],
    ignoreStatic: !withStatic,
    reporters: ['progress-append-only'],
    concurrency: 2,
    timeoutMS: 20_000,
    ignorePatterns: [
      ...['benches', 'docs', 'examples', '.turbo'],
      ...['packages/*/dist', 'packages/wasm-runtime/engine'],
    ],
    // It rewrites one with TypeScript's API, which 7 has no more; nothing here needs it rewritten.
    tsconfigFile: 'none',
    allowConsoleColors: false,
    warnings: false,
  }).runMutationTest();
}

/** The code that a mutant replaces. */
function originalOf(text: string, { location: { start, end } }: Mutant): string {
  const lines = text.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return lines.join('\n');
}

async function resultOf(file: string, mutants: readonly Mutant[]): Promise<FileResult> {
  const text = await readFile(file, 'utf8');
  const count = (...statuses: readonly string[]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length;
  const survived: string[] = [];
  let equivalent = 0;
  const unused = new Set(equivalents.filter((one) => one.file === file));
  for (const mutant of mutants) {
    if (mutant.status !== 'Survived' && mutant.status !== 'NoCoverage') continue;
    const original = originalOf(text, mutant);
    const replacement = mutant.replacement ?? '';
    const known = equivalents.find(
      (one) =>
        one.file === file && one.original === original && one.replacements.includes(replacement),
    );
    if (known === undefined) {
      const { line, column } = mutant.location.start;
      survived.push(`${line}:${column} ${original.replaceAll(/\s+/g, ' ')} → ${replacement}`);
    } else {
      equivalent++;
      unused.delete(known);
    }
  }
  for (const { original } of unused) console.log(`${file}: no such survivor any more: ${original}`);
  const atLoad = mutants.filter(
    ({ status, statusReason = '' }) => status === 'Ignored' && statusReason.startsWith('Static'),
  ).length;
  return {
    mutants: mutants.length,
    killed: count('Killed'),
    timedOut: count('Timeout'),
    texts: count('Ignored') - atLoad,
    atLoad,
    invalid: count('RuntimeError', 'CompileError'),
    equivalent,
    survived,
  };
}

const resultsBefore = (): Promise<Results['files']> =>
  readFile(resultsFile, 'utf8').then(
    (text) => (JSON.parse(text) as Results).files,
    () => ({}),
  );
const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const commit = git('rev-parse', '--short', 'HEAD');
for (const area of areas) {
  const chosen = targets.filter(
    (one) =>
      one.area === area && (parts.length === 0 || parts.some((part) => one.file.includes(part))),
  );
  if (chosen.length === 0) continue;
  const mutants = await mutate(chosen);
  const before = await resultsBefore();
  const files: Record<string, FileResult> = {};
  for (const { file } of targets) if (before[file] !== undefined) files[file] = before[file];
  for (const { file } of chosen) {
    const own = mutants.filter(({ fileName }) => path.resolve(fileName) === path.resolve(file));
    files[file] = await resultOf(file, own);
    const { survived } = files[file];
    console.log(`${file}: ${scoreOf([files[file]])} %`);
    for (const one of survived) console.log(`  ${one}`);
  }
  const gib = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus()[0]?.model.replace(/ Processor$/, '')}, ${cpus().length} cores, ${gib} GiB`;
  const scores = Object.fromEntries(
    areas.map((name) => {
      const ofArea = targets.flatMap((one) => (one.area === name ? (files[one.file] ?? []) : []));
      return [name, scoreOf(ofArea)];
    }),
  );
  const results = { machine, node: process.version, commit, scores, files };
  await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
}
