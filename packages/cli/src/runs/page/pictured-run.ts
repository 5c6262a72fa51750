import type { LogEntry } from '@org/core';
import type { Receipt } from '@org/runs';

type PicturedStatus =
  | 'done'
  | 'cached'
  | 'failed'
  | 'refused'
  | 'unknown'
  /** Made, and not answered. */
  | 'open';

/** A host call as the page shows it; times are milliseconds after the run's start. */
export interface PicturedCall {
  readonly id: number;
  /** `github.get_issue`, or the host function. */
  readonly name: string;
  readonly status: PicturedStatus;
  readonly from: number;
  readonly to: number;
  /** Of the answer. */
  readonly bytes: number | undefined;
  readonly args: string;
  readonly answer: string | undefined;
  /** Of the source, from 1; undefined where it is not known. */
  readonly line: number | undefined;
}

/** What the run had used at a time. */
export interface UsageSample {
  readonly at: number;
  readonly fuel: number;
  readonly memoryBytes: number;
}

/** What a page shows of a run. All texts are hostile. */
export interface PicturedRun {
  readonly runId: string;
  readonly program: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** What there is to know besides, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What a person can do next. */
  readonly advice: readonly string[];
  readonly calls: readonly PicturedCall[];
  /** When answers were handed in; milliseconds after the run's start. */
  readonly steps: readonly number[];
  readonly samples: readonly UsageSample[];
  readonly logs: readonly LogEntry[];
  /** The result, or what went wrong. */
  readonly ending: string | undefined;
  readonly source: string | undefined;
  readonly receipt: Receipt | undefined;
}
