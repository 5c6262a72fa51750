import type { RunWatch } from '@org/server';
import type { RunEvent } from '@org/wasm-runtime';
import { type ActiveRun, suspendOrAbort } from './active-runs.ts';

/** A run that has begun; left out `suspend`: it is not recorded. */
export type BegunRun = Omit<ActiveRun, 'abort'>;

/** What a run is begun with, so that its client follows it. */
export interface Following {
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Begins a run for a client. What the client cancels is aborted. A client that goes away leaves its
 * run suspended, where it is recorded: it finds it when it comes back.
 */
export async function followedRun(
  watch: RunWatch,
  begin: (following: Following) => Promise<BegunRun>,
): Promise<ActiveRun> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let begun: ActiveRun | undefined;
  const onAbort = () => {
    if (begun !== undefined && hasGone(watch.signal.reason)) void suspendOrAbort(begun);
    else abort();
  };
  watch.signal.addEventListener('abort', onAbort, { once: true });
  if (watch.signal.aborted) abort();
  const run = await begin({
    signal: controller.signal,
    onEvent: (event) => watch.onEvent(event),
  });
  begun = { ...run, abort };
  const forget = () => watch.signal.removeEventListener('abort', onAbort);
  run.outcome.then(forget, forget);
  if (watch.signal.aborted) onAbort();
  watch.onEvent({ type: 'started', runId: run.runId });
  return begun;
}

/** Whether it is the connection that has ended: the protocol's reason for that, and for nothing else. */
function hasGone(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && reason.code === 'CONNECTION_CLOSED';
}
