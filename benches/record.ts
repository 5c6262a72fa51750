/** Results of one bench: a case is asked of several subjects in one run. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median, quantile, quick, type Samples } from './measure.ts';

/** What one subject gave in one case. */
export type Row = {
  readonly case: string;
  readonly subject: string;
} & (
  | {
      /** Median. */
      readonly value: number;
      readonly unit: 'ms' | 'µs' | 'MB' | 'kB' | '%' | 'MB/s' | 'tokens';
      readonly p99?: number;
      /** The fastest. */
      readonly least?: number;
      /** How often it was measured. */
      readonly samples?: number;
    }
  /** What happened, where there is nothing to count. */
  | { readonly text: string }
);

export interface Results {
  readonly name: string;
  readonly question: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  /** How many threads wanted a processor in the last minute; above its cores the machine was busy. */
  readonly load: number;
  /** The run was shortened: its figures are no results. */
  readonly quick?: true;
  readonly rows: readonly Row[];
}

const place = (name: string) => fileURLToPath(new URL(`results/${name}.json`, import.meta.url));

const round = (value: number) => Number(value.toPrecision(3));

/** A row of samples in milliseconds; `per` is how many things one sample holds. */
export function timing(name: string, subject: string, samples: Samples, per = 1): Row {
  const value = median(samples) / per;
  const scale = value < 0.2 ? 1_000 : 1;
  return {
    case: name,
    subject,
    value: round(value * scale),
    unit: scale === 1 ? 'ms' : 'µs',
    least: round((Math.min(...samples) / per) * scale),
    p99: round((quantile(samples, 0.99) / per) * scale),
    samples: samples.length,
  };
}

export function size(name: string, subject: string, bytes: number, unit: 'MB' | 'kB'): Row {
  return { case: name, subject, value: round(bytes / (unit === 'MB' ? 1e6 : 1e3)), unit };
}

/** A row's value in milliseconds, bytes, percent, megabytes a second or tokens, whatever its unit. */
export function amount(row: Row): number | undefined {
  if ('text' in row) return undefined;
  return row.value * { ms: 1, µs: 0.001, MB: 1e6, kB: 1e3, '%': 1, 'MB/s': 1, tokens: 1 }[row.unit];
}

/** Writes results/<name>.json, with machine and commit. */
export function record(name: string, question: string, rows: readonly Row[]): void {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const clean = git('status', '--porcelain', ':/', ':(top,exclude)benches/results') === '';
  const results: Results = {
    name,
    question,
    commit: git('rev-parse', '--short', 'HEAD') + (clean ? '' : ' and changes'),
    machine: `${cpus()[0]?.model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    load: round(loadavg()[0] ?? 0),
    ...(quick ? { quick } : {}),
    rows: rows.map((row) => ('text' in row ? { ...row, text: oneLine(row.text) } : row)),
  };
  writeFileSync(place(name), `${JSON.stringify(results, null, 2)}\n`);
  for (const row of rows) {
    const shown = 'text' in row ? row.text : `${row.value} ${row.unit}`;
    console.log(`  ${row.case} | ${row.subject} | ${shown}`);
  }
}

/** As it can stand in a table. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').replaceAll('|', '/').slice(0, 120);
}

/** The committed results of a bench. */
export function readResults(name: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(place(name), 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
