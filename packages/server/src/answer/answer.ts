import type { JsonValue, LimitKind, RunOutcome } from '@org/core';
import type { Cut } from '../shape/cut.ts';
import type { MediaBlock } from '../shape/media.ts';
import type { CallGroup } from './call-groups.ts';

/** What a run's tool answers with, as `structuredContent`; its schema is `answerSchema`. */
export interface Answer {
  /** `refused`: there was no run. */
  readonly status: RunOutcome['status'] | 'refused';
  readonly runId?: string;
  /** What the program returned; parts of it, where `cut` says so. */
  readonly value?: JsonValue;
  readonly cut?: {
    readonly parts: readonly Cut[];
    readonly moreParts?: number;
    /** The resource that has all of it. */
    readonly whole?: string;
  };
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
    readonly retryable?: boolean;
    /** Where in the program: places, and the line with a mark under it. */
    readonly at?: string;
  };
  /** Mistakes in the program's types. */
  readonly problems?: readonly string[];
  readonly limit?: { readonly kind: LimitKind; readonly allowed: number };
  /** Tool calls by tool and how they ended; of a run that returned only those that are not done. */
  readonly calls?: readonly CallGroup[];
  /** Calls that wait for a decision. */
  readonly questions?: readonly {
    readonly id: string;
    readonly call: string;
    readonly params: JsonValue;
    /** Not all of it is shown. */
    readonly cut?: true;
  }[];
  /** The last lines. */
  readonly logs?: readonly string[];
  readonly notes?: readonly string[];
  /** What to do now. */
  readonly next?: string;
  readonly usage?: {
    readonly ms: number;
    readonly toolCalls: number;
    readonly bytesFromTools: number;
    readonly bytesReturned: number;
  };
}

/** An answer as MCP carries it. */
export interface ToolAnswer {
  readonly structured: Answer;
  readonly texts: readonly string[];
  readonly media: readonly MediaBlock[];
  readonly isError: boolean;
}
