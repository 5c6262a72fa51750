import type {
  AnsweredCall,
  CallRecord,
  HostCall,
  RecordedCall,
  ToolCaller,
  ToolCallOutcome,
} from '@org/core';
import type { LimitFunction } from 'p-limit';
import type { BlobStore } from './blob-store.ts';
import { failure, lostAnswer } from './call-failure.ts';
import type { RunEvent } from './run-event.ts';

/** What came of a host call. */
export type Settled = Omit<AnsweredCall, 'id'>;

/** How a call is carried out. */
export interface Carrying {
  /** When it aborts, the answer is of no interest any more. */
  readonly signal: AbortSignal;
  /** Called before it leaves, when it is too late to withdraw it; throws where it must not leave. */
  readonly onSent: () => void;
  /** It waits for this; false: it was sent by an earlier run, and fails as `unknown`. */
  readonly ready?: Promise<boolean> | undefined;
}

/** Reason of an abort that takes a call back which was not sent: it shall be made again later. */
export const withdrawn = Symbol('withdrawn');

export interface ToolCallsParts {
  readonly tools: ToolCaller;
  readonly runId: string;
  readonly blobs: BlobStore;
  readonly tell: (event: RunEvent) => void;
  readonly limit: LimitFunction;
  /** What the run had on record when it was frozen. */
  readonly before?:
    | { readonly calls: readonly CallRecord[]; readonly bytesFromTools: number }
    | undefined;
}

/** Carries out the tool calls of one run, and keeps the record of them. */
export class ToolCalls {
  readonly #parts: ToolCallsParts;
  readonly #records: CallRecord[];
  #bytesFromTools: number;
  #count: number;

  constructor(parts: ToolCallsParts) {
    this.#parts = parts;
    this.#records = [...(parts.before?.calls ?? [])];
    this.#count = this.#records.length;
    this.#bytesFromTools = parts.before?.bytesFromTools ?? 0;
  }

  /** Tool calls that the program has made, those excepted that were withdrawn. */
  get count(): number {
    return this.#count;
  }

  /** A copy: tool calls in the order in which they were made; sent, unanswered ones are `unknown`. */
  get records(): readonly CallRecord[] {
    // Without the holes that calls leave which were withdrawn.
    return this.#records.filter(() => true);
  }

  /** Of all answers, as JSON text in UTF-8. */
  get bytesFromTools(): number {
    return this.#bytesFromTools;
  }

  /** Never rejects. */
  async carryOut(call: HostCall, carrying: Carrying): Promise<Settled> {
    const { signal } = carrying;
    const made = new Made(call, this.#records);
    this.#count++;
    const withdraw = () => {
      if (signal.reason !== withdrawn) return;
      made.remove();
      this.#count--;
    };
    signal.addEventListener('abort', withdraw, { once: true });
    try {
      const outcome = await this.#outcome(call, carrying, made);
      return this.#settled(outcome, made, signal.reason === withdrawn);
    } catch (error) {
      // The port broke its word: what became of the call is what is on record.
      return { answer: failure(error), record: made.record };
    }
  }

  #settled(outcome: ToolCallOutcome, made: Made, isWithdrawn: boolean): Settled {
    if (outcome.status !== 'done') {
      const answer = { ok: false, error: JSON.stringify(outcome.error) } as const;
      if (isWithdrawn) return { answer };
      return { answer, record: this.#tell(made.is(outcome.status)) };
    }
    const { json, cached, blobs, warning } = outcome;
    try {
      if (blobs !== undefined) this.#parts.blobs.keep(blobs);
    } catch (error) {
      return { answer: failure(error), record: this.#tell(made.is('failed')) };
    }
    const bytes = Buffer.byteLength(json);
    this.#bytesFromTools += bytes;
    const record = this.#tell(made.is('done', bytes, cached));
    const rest = { ...(blobs && { blobs }), ...(warning !== undefined && { warning }) };
    return { answer: { ok: true, text: json }, record, ...rest };
  }

  /** Takes what a recorded call came to for the outcome of this one. */
  repeat(call: HostCall, recorded: RecordedCall & Pick<AnsweredCall, 'answer'>): Settled {
    const { answer, blobs, warning } = recorded;
    const made = new Made(call, this.#records);
    this.#count++;
    const record =
      recorded.record ??
      (answer.ok ? made.is('done', Buffer.byteLength(answer.text)) : made.is('failed'));
    made.set(record);
    if (blobs !== undefined) this.#parts.blobs.keep(blobs);
    this.#bytesFromTools += record.bytes;
    this.#parts.tell({ type: 'call', call: record, replayed: true });
    const rest = { ...(blobs && { blobs }), ...(warning !== undefined && { warning }) };
    return { answer, record, ...rest };
  }

  #tell(record: CallRecord): CallRecord {
    this.#parts.tell({ type: 'call', call: record });
    return record;
  }

  async #outcome(
    { id, args }: HostCall,
    { signal, onSent, ready }: Carrying,
    made: Made,
  ): Promise<ToolCallOutcome> {
    const [server = '', tool = '', paramsJson = ''] = args;
    const { tools, runId, blobs, limit } = this.#parts;
    if (ready !== undefined && !(await ready)) {
      return { status: 'unknown', error: lostAnswer };
    }
    const leave = () => {
      onSent();
      made.is('unknown');
    };
    return limit(() => {
      if (signal.aborted) return { status: 'failed', error: notSent };
      try {
        if (tools.tellsSent !== true) leave();
      } catch {
        return { status: 'failed', error: notSent };
      }
      const had = blobs.of(paramsJson);
      const call = { server, tool, paramsJson, ...(had && { blobs: had }) };
      return tools.callTool(call, { signal, context: { runId, callId: id }, onSent: leave });
    });
  }
}

const notSent = {
  code: 'ABORTED',
  message: 'The run ended before this call was sent.',
  retryable: false,
} as const;

/** One call on record. */
class Made {
  readonly #call: HostCall;
  readonly #records: CallRecord[];
  readonly #index: number;
  readonly #since = performance.now();

  constructor(call: HostCall, records: CallRecord[]) {
    this.#call = call;
    this.#records = records;
    this.#index = records.length;
    // Not sent as long as it waits for its turn.
    this.is('failed');
  }

  is(status: CallRecord['status'], bytes = 0, cached = false): CallRecord {
    const [server = '', tool = ''] = this.#call.args;
    const ms = Math.round((performance.now() - this.#since) * 10) / 10;
    return this.set({ server, tool, status, ms, bytes, cached });
  }

  set(record: CallRecord): CallRecord {
    this.#records[this.#index] = record;
    return record;
  }

  get record(): CallRecord {
    return this.#records[this.#index] as CallRecord;
  }

  remove(): void {
    delete this.#records[this.#index];
  }
}
