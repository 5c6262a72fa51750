/** What is wrong with a program, or may be. */
export interface CheckDiagnostic {
  /** Only an error keeps a program from running. */
  readonly severity: 'error' | 'warning';
  /** `TS` and TypeScript's number, or a code of ours: `UNKNOWN_IMPORT`, `NOT_CHECKED`, … */
  readonly code: string;
  readonly message: string;
  /** Set where it is about another file than the program: its virtual path. */
  readonly file?: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Of the marked text within its line, in UTF-16 units. */
  readonly length: number;
  /** At most 200 characters of the line; above column 150 they begin 100 before the place. */
  readonly sourceLine: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Of the tool that it is about. */
  readonly signature?: string;
}

export interface CheckResult {
  /** Whether there is no error. */
  readonly ok: boolean;
  /** In the order of their places; at most 100, errors before warnings where some are left out. */
  readonly diagnostics: readonly CheckDiagnostic[];
  /** How many more there are. */
  readonly omitted: number;
}
