import type { JsonValue } from '@org/core';

/** How a hostile program ended, and what came of it. */
export interface Attempt {
  readonly outcome: {
    readonly status: string;
    /** The first three. */
    readonly logs: readonly string[];
    readonly value?: JsonValue;
    readonly kind?: string;
    readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
  };
  /** Secrets of the host that its outcome has. */
  readonly told: readonly string[];
  /** Whether something of the host is another than before. */
  readonly polluted: boolean;
  readonly goodRunsRight: boolean;
}
