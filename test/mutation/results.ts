/** What became of the mutants of one file. */
export interface FileResult {
  readonly mutants: number;
  /** A test failed. */
  readonly killed: number;
  /** The tests did not come to an end. */
  readonly timedOut: number;
  /** Left alone: `texts.ts`. */
  readonly texts: number;
  /** Left alone: they are reached while the module is loaded, and need a Vitest each (`--static`). */
  readonly atLoad: number;
  /** Could not be loaded. */
  readonly invalid: number;
  /** Nothing can tell them from the original: `equivalents.ts`. */
  readonly equivalent: number;
  /** Line and column, the code, and what stood in its place. */
  readonly survived: readonly string[];
}

/** results.json */
export interface Results {
  readonly machine: string;
  readonly node: string;
  readonly commit: string;
  /** Of each area, in percent. */
  readonly scores: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, FileResult>>;
}

/** Of the mutants that a test could notice, how many were noticed: percent, with one digit. */
export function scoreOf(files: readonly FileResult[]): number {
  let [noticed, all] = [0, 0];
  for (const { killed, timedOut, survived } of files) {
    noticed += killed + timedOut;
    all += killed + timedOut + survived.length;
  }
  return all === 0 ? 0 : Math.floor((1000 * noticed) / all) / 10;
}
