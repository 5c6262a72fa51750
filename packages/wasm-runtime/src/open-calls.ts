import { type AnsweredCall, type HostCall, type RecordedCall, SandboxError } from '@org/core';
import { maxTimerMs } from './bounds.ts';
import type { Frame, MessageWriter } from './frames.ts';
import type { FrozenCall } from './frozen-run.ts';
import type { CarryingOut, HostCalls } from './host-calls.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { Replay } from './replay.ts';
import type { RunClock } from './run-clock.ts';
import type { Answered, StepScript } from './step-script.ts';
import { type Settled, withdrawn } from './tool-calls.ts';
import { inbound } from './wire.ts';

/** A host call that is not answered yet. */
interface OpenCall {
  readonly controller: AbortController;
  readonly call: HostCall;
  /** Of its arguments, which the host holds until it is answered. */
  readonly bytes: number;
  /** Of a timer: what is left of it, in milliseconds. */
  readonly leftMs: () => number;
  /** Whether it has gone out of our hands; until then it can be withdrawn. */
  sent: boolean;
  /** Whether it waits for the recorded part of the run to be over. */
  held: boolean;
}

/** What the calls of a run need of it. */
export interface CallsOfRun {
  readonly calls: HostCalls;
  readonly clock: RunClock;
  readonly journal: JournalWriter;
  readonly script: StepScript;
  readonly replay: Replay | undefined;
  /** An answer waits to be handed in. */
  readonly onAnswer: () => void;
  /** How many bytes more, or less, the host holds for the guest. */
  readonly onHold: (bytes: number) => void;
  /** The host failed. */
  readonly onFault: (error: unknown) => void;
}

/** The host calls of a run, each from where it is made to where its answer is handed in. */
export class OpenCalls {
  readonly #run: CallsOfRun;
  readonly #open = new Map<number, OpenCall>();
  /** Of calls that can have been sent. */
  readonly #unsettled = new Set<Promise<void>>();
  readonly #released = Promise.withResolvers<void>();
  #isReleased = false;
  #answers: Answered[] = [];
  #stage: 'live' | 'ending' | 'over' = 'live';

  constructor(run: CallsOfRun) {
    this.#run = run;
  }

  /** How many are under way. */
  get size(): number {
    return this.#open.size;
  }

  /** Those that are not handed in. */
  get answers(): readonly Answered[] {
    return this.#answers;
  }

  isOpen(id: number): boolean {
    return this.#open.has(id);
  }

  /** Whether one is under way that cannot be made again later. */
  get awaited(): boolean {
    return [...this.#open.values()].some(
      ({ call, controller }) => call.name !== 'sleep' && controller.signal.reason !== withdrawn,
    );
  }

  /** The program, or its snapshot, has a call. */
  take({ id, text, fields }: Pick<Frame, 'id' | 'text' | 'fields'>, before?: FrozenCall): void {
    const { clock, journal, replay, script, onHold } = this.#run;
    const [name = '', ...args] = fields;
    const call: HostCall = { id, name, args };
    const found = replay?.find(call);
    if (replay !== undefined && found?.inPlace !== true) script.leave();
    const isKnown = found !== undefined || before !== undefined;
    if (!journal.keep((kept) => kept.called(call, isKnown))) return;
    const madeAt = clock.elapsedMs;
    const wholeMs = Math.min(before?.leftMs ?? (Number(args[0]) || 0), maxTimerMs);
    const open: OpenCall = {
      controller: new AbortController(),
      call,
      bytes: text.length,
      leftMs: () => Math.max(0, wholeMs - (clock.elapsedMs - madeAt)),
      sent: false,
      held: false,
    };
    this.#open.set(id, open);
    onHold(open.bytes);
    if (this.#stage !== 'live') return;
    const { recorded } = found ?? {};
    const isAnswered = recorded?.answer !== undefined;
    const work = isAnswered
      ? this.#repeat(open, recorded as RecordedCall & AnsweredCall)
      : this.#carryOut(open, recorded);
    const over = work.then((settled) => this.#settle(open, settled, isAnswered));
    if (!this.#run.calls.leaves(name)) return;
    this.#unsettled.add(over);
    over.finally(() => this.#unsettled.delete(over));
  }

  /** The program wants no answer any more. */
  cancel(id: number): void {
    this.#close(id)?.controller.abort();
  }

  /** Keeps an answer until it is handed in. */
  keep(answered: Answered): void {
    this.#answers.push(answered);
    this.#run.onHold(textOf(answered).length);
  }

  handIn(writer: MessageWriter, due: readonly Answered[]): void {
    for (const { id, answer } of due) {
      if (answer.ok) writer.frame(inbound.answer, id, answer.text);
      else writer.frame(inbound.failure, id, answer.error);
    }
    this.#answers = due === this.#answers ? [] : this.#answers.filter((one) => !due.includes(one));
    for (const one of due) this.#run.onHold(-textOf(one).length);
  }

  /** The recorded part is over, its last step too: what the program still wants is carried out. */
  release(): void {
    this.#isReleased = true;
    this.#released.resolve();
  }

  /** Takes back what only waits for the recorded part to be over. */
  withdrawHeld(): void {
    for (const { held, controller } of this.#open.values()) {
      if (held) controller.abort(withdrawn);
    }
  }

  /** Takes back calls that were not sent. */
  takeBack(): void {
    for (const { controller, call, sent } of this.#open.values()) {
      if (!sent && this.#run.calls.leaves(call.name)) controller.abort(withdrawn);
    }
  }

  /** Cancels the calls that are under way, and takes back those that were not sent. */
  stopWaiting(): void {
    this.takeBack();
    for (const { controller, sent } of this.#open.values()) if (sent) controller.abort();
  }

  /** What a snapshot keeps of the calls under way. */
  frozen(): FrozenCall[] {
    return [...this.#open.values()].map(({ call: { id, name, args }, leftMs }) => ({
      id,
      fields: [name, ...args],
      // So that being frozen lets no timer run out, or begin anew.
      ...(name === 'sleep' && { leftMs: leftMs() }),
    }));
  }

  /** The run ends: nothing is sent any more. */
  end(): void {
    if (this.#stage === 'live') this.#stage = 'ending';
  }

  /**
   * Cancels what is under way, and waits for what became of calls that were sent, at most `ms`: that
   * still gets into the journal. Nothing is told after it.
   */
  async settle(ms: number): Promise<void> {
    for (const { controller } of this.#open.values()) controller.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([Promise.all(this.#unsettled), promise]);
    clearTimeout(timer);
    this.#stage = 'over';
  }

  #repeat(open: OpenCall, recorded: RecordedCall & AnsweredCall): Promise<Settled> {
    const { calls, journal, replay } = this.#run;
    if (recorded.sent) journal.keep((kept) => kept.sent(open.call.id, true));
    const redo = replay?.redoes(recorded) ?? false;
    return calls.repeat(open.call, recorded, redo, this.#carrying(open));
  }

  /** @param recorded of an earlier run, which had no answer */
  #carryOut(open: OpenCall, recorded: RecordedCall | undefined): Promise<Settled> {
    let ready: Promise<boolean> | undefined;
    if (recorded?.sent) {
      open.sent = true;
      ready = this.#decide(open, recorded);
    } else if (recorded !== undefined && !this.#isReleased) {
      open.held = true;
      ready = this.#released.promise.then(() => {
        open.held = false;
        return true;
      });
    }
    return this.#run.calls.carryOut(open.call, this.#carrying(open, ready));
  }

  /** Whether a call that an earlier run had sent is sent again. */
  async #decide(open: OpenCall, recorded: RecordedCall): Promise<boolean> {
    const { replay, journal, onFault } = this.#run;
    journal.keep((kept) => kept.sent(open.call.id, true));
    const stopped = Promise.withResolvers<boolean>();
    const { signal } = open.controller;
    signal.addEventListener('abort', () => stopped.resolve(false), { once: true });
    try {
      return await Promise.race([replay?.sendsAgain(recorded) ?? false, stopped.promise]);
    } catch (error) {
      onFault(error);
      return false;
    }
  }

  #carrying(open: OpenCall, ready?: Promise<boolean>): CarryingOut {
    const { controller, bytes, leftMs, call } = open;
    const { signal } = controller;
    let told = false;
    const onSent = () => {
      if (this.#stage !== 'live' || signal.aborted) throw notSent();
      if (told) return;
      if (!this.#run.journal.keep((kept) => kept.sent(call.id, false))) throw notSent();
      told = true;
      open.sent = true;
    };
    return { signal, onSent, ready, bytes, leftMs };
  }

  #settle(open: OpenCall, settled: Settled, replayed: boolean): void {
    const { call, controller, sent } = open;
    const { journal, onAnswer } = this.#run;
    if (controller.signal.reason === withdrawn || this.#stage === 'over') return;
    // An answer that is no longer wanted finds its call closed.
    if (this.#close(call.id) === undefined) return;
    // Once the run ends, what is not known stays so: who resumes it decides.
    if (this.#stage === 'ending' && (!sent || replayed || isUnknown(settled))) return;
    const answered = { id: call.id, ...settled };
    if (!journal.keep((kept) => kept.answered(answered, replayed))) return;
    if (this.#stage === 'ending') return;
    const { answer, warning, record } = settled;
    const tool = `${record?.server}\n${record?.tool}`;
    this.keep({
      ...{ id: call.id, answer },
      ...(warning !== undefined && { warning: { tool, message: warning } }),
    });
    onAnswer();
  }

  #close(id: number): OpenCall | undefined {
    const open = this.#open.get(id);
    if (open === undefined) return undefined;
    this.#open.delete(id);
    this.#run.onHold(-open.bytes);
    return open;
  }
}

const textOf = ({ answer }: Pick<Answered, 'answer'>): string =>
  answer.ok ? answer.text : answer.error;

function isUnknown({ answer, record }: Settled): boolean {
  if (record !== undefined) return record.status === 'unknown';
  return !answer.ok && JSON.parse(answer.error).code === 'CALL_UNKNOWN';
}

function notSent(): SandboxError {
  return new SandboxError('ABORTED', 'The call was cancelled before it was sent.');
}
