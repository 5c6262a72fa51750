import { type RecordedCall, SandboxError } from '@org/core';
import type { RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';

/** A call with its blobs as text. */
export type DocumentCall = Omit<RecordedCall, 'blobs'> & {
  /** After how many steps it was made. */
  readonly madeAfter: number;
  /** Base64, by their handles. */
  readonly blobs?: Readonly<Record<string, string>>;
};

/** A run as one JSON document. */
export interface RunDocument {
  readonly format: 'mcp-cli.run';
  readonly version: 1;
  readonly run: Omit<RunRecord, 'journal' | 'madeAfter'> & {
    readonly journal: Omit<RunRecord['journal'], 'calls'> & {
      readonly calls: readonly DocumentCall[];
    };
  };
  /** The program file, base64; left out where the program could not be compiled. */
  readonly program?: string;
  /** What a suspended run goes on from, base64. */
  readonly snapshot?: string;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** @throws SandboxError `RUN_NOT_FOUND` */
export function runDocument(store: RunStore, runId: string): RunDocument {
  const kept = store.read(runId);
  const record = store.get(runId);
  if (record === undefined) {
    throw new SandboxError('RUN_NOT_FOUND', `The run ${runId} was removed meanwhile.`);
  }
  const { madeAfter: _, ...run } = record;
  const calls = record.journal.calls.map(({ blobs, ...call }) => ({
    ...call,
    madeAfter: kept.madeAfter.get(call.id) ?? 0,
    ...(blobs && {
      blobs: Object.fromEntries([...blobs].map(([handle, bytes]) => [handle, base64(bytes)])),
    }),
  }));
  const { program } = kept.run;
  return {
    format: 'mcp-cli.run',
    version: 1,
    run: { ...run, journal: { ...record.journal, calls } },
    ...(program && { program: base64(program) }),
    ...(kept.snapshot && { snapshot: base64(kept.snapshot) }),
  };
}
