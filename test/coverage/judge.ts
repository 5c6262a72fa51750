import { guards } from './guards.ts';

/** Of each file, relative to the root of the repository. */
export type LinesOf = ReadonlyMap<
  string,
  { readonly total: number; readonly covered: number; readonly missed: readonly number[] }
>;

/** Percent of all lines. */
const leastOverall = 90;

export interface Judgement {
  readonly report: readonly string[];
  /** Why the coverage is not enough; none when it is. */
  readonly faults: readonly string[];
}

/** Holds coverage against its bounds: so much of all lines, and each line of the guards. */
export function judge(lines: LinesOf, guarded: readonly string[] = Object.keys(guards)): Judgement {
  const overall = { total: 0, covered: 0 };
  const packages = new Map<string, { total: number; covered: number }>();
  for (const [file, { total, covered }] of lines) {
    const name = /^packages\/([^/]+)\//u.exec(file)?.[1] ?? file;
    const sum = packages.get(name) ?? { total: 0, covered: 0 };
    packages.set(name, sum);
    for (const part of [overall, sum]) {
      part.total += total;
      part.covered += covered;
    }
  }
  const faults: string[] = [];
  if (percent(overall) < leastOverall) {
    faults.push(`Coverage: ${percent(overall)} % of all lines, which is under ${leastOverall} %.`);
  }
  for (const file of guarded) {
    const found = lines.get(file);
    if (found === undefined) {
      faults.push(`Coverage: ${file} is listed in test/coverage/guards.ts, and is not there.`);
    } else if (found.missed.length > 0) {
      faults.push(`Coverage: ${file} is listed as a guard; no test runs ${places(found.missed)}.`);
    }
  }
  const each = [...packages].sort().map(([name, sum]) => `${name} ${percent(sum)}`);
  const whole = guarded.filter((file) => lines.get(file)?.missed.length === 0).length;
  return {
    report: [
      `Coverage: ${percent(overall)} % of ${overall.total} lines (${each.join(', ')}); ` +
        `all lines of ${whole} of ${guarded.length} guards.`,
    ],
    faults,
  };
}

/** Rounded down, so that 100 means all. */
function percent({ total, covered }: { total: number; covered: number }): number {
  return total === 0 ? 100 : Math.floor((covered / total) * 1000) / 10;
}

function places(missed: readonly number[]): string {
  return `${missed.length === 1 ? 'line' : 'lines'} ${missed.join(', ')}`;
}
