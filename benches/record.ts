import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

interface Statistics {
  readonly latency: { readonly p50: number; readonly p99: number };
}

/** Writes the medians of a comparison to results/<name>.json, with machine and commit. */
export function record(
  name: string,
  results: { get(name: string): Statistics },
  names: string[],
): void {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const first = results.get(names[0] as string).latency.p50;
  const rows = names.map((row) => {
    const { p50, p99 } = results.get(row).latency;
    return { name: row, p50Ms: round(p50), p99Ms: round(p99), ratio: round(p50 / first) };
  });
  const document = {
    commit:
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', ':/', ':(top,exclude)benches/results') === ''
        ? ''
        : ' and changes'),
    machine: `${cpus()[0]?.model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    rows,
  };
  const file = fileURLToPath(new URL(`results/${name}.json`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
