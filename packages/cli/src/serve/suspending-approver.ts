import type { Approver } from '@org/core';
import { type Runs, storedApprover } from '@org/runs';

/** Calls that need an approval wait in the record of their run, which is suspended meanwhile. */
export function suspendingApprover(runs: Runs): Approver {
  const suspending = new Map<string, Promise<void>>();
  return storedApprover({
    store: runs.store,
    suspend: (runId) => {
      // Several calls of a run may be asked about at one time.
      let ending = suspending.get(runId);
      if (ending === undefined) {
        ending = runs.suspend(runId).finally(() => suspending.delete(runId));
        suspending.set(runId, ending);
      }
      return ending;
    },
  });
}
