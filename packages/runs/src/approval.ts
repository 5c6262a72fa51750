import { setTimeout } from 'node:timers/promises';
import {
  type Approver,
  canonicalJson,
  isJsonObject,
  type JsonValue,
  mostFurtherCalls,
  SandboxError,
} from '@org/core';
import type { Ask, NewAsk } from './ask.ts';
import type { RunStore } from './run-store.ts';

export interface StoredApproverOptions {
  readonly store: RunStore;
  /**
   * Takes a run out of memory, as `DurableRun.suspend()` does; what it has sent is to be waited for.
   * Called after a question about it is kept, for each one.
   */
  readonly suspend: (runId: string) => Promise<void>;
  /** Whether a call has a person's word already, by an approved plan for example. Default: none. */
  readonly isApproved?: (runId: string, callId: number) => boolean;
}

/** What is kept of a decision beside its verdict, and of calls that another one's decision covers. */
interface Terms {
  /** The tool may be called for always, as long as its definition stays as it is. */
  readonly always?: boolean;
  /** Further calls of the tool in this run that the decision covers, at most. */
  readonly next?: number;
  /** Members of the parameters that may differ in those. Left out: all. */
  readonly varying?: readonly string[];
  /** The call whose decision covers this one. */
  readonly coveredBy?: number;
}

/**
 * Puts questions about calls of recorded runs into the store, and suspends the run: nothing waits in
 * memory. The call is taken back, and asked about again when the run is resumed; then the decision
 * is there. It holds for this call of this run, with these parameters and this definition.
 */
export function storedApprover(options: StoredApproverOptions): Approver {
  const { store, suspend, isApproved = () => false } = options;
  return {
    parallel: true,
    async approve(request, { signal }) {
      const { runId, callId } = request.context ?? {};
      if (runId === undefined || callId === undefined) throw cannotWait();
      if (isApproved(runId, callId)) return 'once';
      const { server, tool, definitionDigest } = request;
      // What a filter hides from agents is not kept: they can read the record of a run.
      const paramsJson = JSON.stringify(JSON.parse(request.givenJson ?? request.paramsJson));
      const kind = 'approval';
      const ask: NewAsk = { runId, callId, kind, server, tool, paramsJson, definitionDigest };
      const asks = store.asks(runId);
      const decided = asks.findLast((one) => isAbout(one, ask) && one.decision);
      if (decided?.decision !== undefined) return answerOf(decided);
      const covering = asks.find((one) => covers(one, ask, asks));
      const kept = keptAsk(store, ask);
      if (covering?.decision !== undefined) {
        const { decidedBy } = covering.decision;
        const terms = { coveredBy: covering.callId };
        const decision = { verdict: 'approved', decidedAt: Date.now(), decidedBy, terms } as const;
        return answerOf(store.decide(runId, kept.callId, decision));
      }
      // So that calls which were made together are all asked about.
      await untilNoMore(() => store.asks(runId).length);
      // Another of these calls may have had it suspended, and somebody may have resumed it since.
      if (!signal.aborted) await suspend(runId);
      return await untilTakenBack(signal);
    },
  };
}

/** How long no further question comes until a run is taken out of memory. */
const quietMs = 30;

/** Calls that are made together come to their questions by way of disks and servers. */
async function untilNoMore(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await setTimeout(quietMs);
  }
}

/** @throws SandboxError `APPROVAL_REQUIRED` for a run that is not in the store */
function keptAsk(store: RunStore, ask: NewAsk): Ask {
  try {
    return store.ask(ask);
  } catch (error) {
    if (error instanceof SandboxError && error.code === 'RUN_NOT_FOUND') throw cannotWait(error);
    throw error;
  }
}

function cannotWait(cause?: SandboxError): SandboxError {
  return new SandboxError(
    'APPROVAL_REQUIRED',
    'A person has to approve this call, and it is not of a run that could wait for that.',
    { hint: 'Do without it, or ask the operator to allow it.', cause },
  );
}

/** The same call, as it was asked about. */
function isAbout(ask: Ask, other: NewAsk): boolean {
  return ask.callId === other.callId && isSameTool(ask, other) && hasSameParams(ask, other, []);
}

function isSameTool(ask: Ask, other: NewAsk): boolean {
  return (
    ask.kind === 'approval' &&
    ask.server === other.server &&
    ask.tool === other.tool &&
    ask.definitionDigest === other.definitionDigest
  );
}

/** Whether a decision on another call of the run covers this one, and has calls left. */
function covers(ask: Ask, other: NewAsk, asks: readonly Ask[]): boolean {
  if (ask.decision?.verdict !== 'approved' || !isSameTool(ask, other)) return false;
  const { next = 0, varying } = termsOf(ask);
  const used = asks.filter((one) => termsOf(one).coveredBy === ask.callId).length;
  if (used >= next) return false;
  return varying === undefined || hasSameParams(ask, other, varying);
}

function hasSameParams(ask: Ask, other: NewAsk, varying: readonly string[]): boolean {
  return shapeOf(ask.paramsJson, varying) === shapeOf(other.paramsJson, varying);
}

function shapeOf(paramsJson: string, varying: readonly string[]): string {
  const params: unknown = JSON.parse(paramsJson);
  if (!isJsonObject(params)) return canonicalJson(params);
  const fixed = Object.entries(params).filter(([name]) => !varying.includes(name));
  return canonicalJson(Object.fromEntries(fixed));
}

/** Of a decision that this file wrote. */
function termsOf({ decision }: Ask): Terms {
  return (decision?.terms ?? {}) as Terms;
}

function answerOf(ask: Ask): 'once' | 'always' | 'no' {
  if (ask.decision?.verdict !== 'approved') return 'no';
  return termsOf(ask).always ? 'always' : 'once';
}

/** The run is being suspended: it ends without this answer. */
function untilTakenBack(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(new SandboxError('ABORTED', 'The run waits for a person.'));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return promise;
}

/** What a person says to a question, and what else the answer covers. */
export interface Decision {
  /**
   * `once`: this call, and the next ones by `next`. `always`: also all later calls of the tool, while
   * its definition stays as it is; in every run of the same configuration. `no`: it is not sent.
   */
  readonly answer: 'once' | 'always' | 'no';
  /** Who decides, for the records. */
  readonly by: string;
  /** A yes covers this many further calls of the same tool in this run. Default 0, at most `mostFurtherCalls`. */
  readonly next?: number;
  /**
   * Of these, only calls whose parameters are equal but for the members of these names. Left out:
   * whatever their parameters are.
   */
  readonly varying?: readonly string[];
}

/**
 * Decides on a question about a call. Of several who decide, the first one counts. The run goes on
 * when it is resumed.
 * @returns the question with the decision that holds
 * @throws SandboxError `RUN_NOT_FOUND` for a run or a question that there is not; `USAGE` for one that
 * was decided otherwise, and for terms out of range; `RUN_BUSY` for a run that has ended
 */
export function decide(store: RunStore, runId: string, callId: number, decision: Decision): Ask {
  const { answer, by, next = 0, varying } = decision;
  if (!Number.isSafeInteger(next) || next < 0 || next > mostFurtherCalls) {
    const range = `a whole number from 0 to ${mostFurtherCalls}`;
    throw new SandboxError('USAGE', `A decision covers ${range} of further calls, not ${next}.`);
  }
  if (answer === 'no' && next > 0) {
    throw new SandboxError('USAGE', 'A refusal covers one call only.', {
      hint: 'Cancel the run to stop all of its calls.',
    });
  }
  const run = store.get(runId);
  if (run === undefined) {
    throw new SandboxError('RUN_NOT_FOUND', `There is no run ${runId}.`, {
      hint: 'List the runs that there are.',
    });
  }
  if (!['running', 'suspended', 'lost'].includes(run.status)) {
    throw new SandboxError('RUN_BUSY', `Cannot decide on the run ${runId}: it has ended.`, {
      hint: 'Run the program again.',
    });
  }
  const terms: Terms = {
    ...(answer === 'always' && { always: true }),
    ...(next > 0 && { next }),
    ...(next > 0 && varying !== undefined && { varying }),
  };
  return store.decide(runId, callId, {
    verdict: answer === 'no' ? 'refused' : 'approved',
    decidedAt: Date.now(),
    decidedBy: by,
    ...(Object.keys(terms).length > 0 && { terms: terms as JsonValue }),
  });
}
