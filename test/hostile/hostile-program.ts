import type { LimitKind, Limits } from '@org/core';

/** The one way in which a hostile program may end; `message` is told where it is short. */
export type End =
  | { readonly returned: unknown }
  | { readonly threw: string; readonly code?: string; readonly message?: string }
  | { readonly limit: LimitKind };

/** Programs that have to end alike. */
interface Group {
  readonly end: End;
  /** Put over the limits of the profile `strict`. */
  readonly limits?: Partial<Limits>;
  /** The messages of their log lines, where they matter. */
  readonly logs?: readonly string[];
  /** Sources by what they try. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Programs against one row of the threats. */
export interface Row {
  readonly groups: readonly Group[];
}
