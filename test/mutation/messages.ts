/** What the test runner and the thread that has the tests tell each other, over this channel. */
export const channelName = 'mutation';

export type Question =
  /** Run every test, and say which mutants each reaches. */
  | { readonly type: 'all' }
  /** Run some tests, or all, with one mutant, until one fails. */
  | {
      readonly type: 'mutant';
      readonly mutant: string;
      readonly hitLimit: number | undefined;
      readonly tests: readonly string[] | undefined;
    }
  | { readonly type: 'end' };

export interface Ran {
  readonly id: string;
  readonly ms: number;
  /** Left out where it passed. */
  readonly failure?: string;
}

/** How often each mutant, by its id, was reached. */
type Reached = Record<string, number>;

export interface Coverage {
  /** While the modules were loaded. */
  readonly static: Reached;
  readonly perTest: Record<string, Reached>;
}

export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'ran'; readonly tests: readonly Ran[]; readonly coverage: Coverage }
  | { readonly type: 'tried'; readonly tests: readonly Ran[]; readonly hitCount: number };
