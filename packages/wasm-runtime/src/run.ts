import { type JsonObject, type LogEntry, type RunOutcome, SandboxError } from '@org/core';
import { BlobStore, maxBlobBytes } from './blob-store.ts';
import { Frame, fieldText, MessageWriter, readFrames } from './frames.ts';
import { Freezing } from './freezing.ts';
import type { FrozenCall, FrozenRun } from './frozen-run.ts';
import type { Guest } from './guest.ts';
import { parseLog, parseThrown } from './guest-frames.ts';
import { HostCalls, type HostPorts } from './host-calls.ts';
import type { StepResult } from './instance.ts';
import { JournalWriter } from './journal-writer.ts';
import { OpenCalls } from './open-calls.ts';
import {
  aborted,
  atLimit,
  deadlocked,
  type Ending,
  endingOfTrap,
  lost,
  unrecorded,
} from './outcome.ts';
import { Replay } from './replay.ts';
import { RunClock } from './run-clock.ts';
import type { RunEvent } from './run-event.ts';
import { RunLog } from './run-log.ts';
import type { FreezeOptions, RunRequest } from './run-request.ts';
import { seedWords } from './seed.ts';
import { encodeSnapshot } from './snapshot.ts';
import { startMessage } from './start-message.ts';
import { type NextStep, StepScript } from './step-script.ts';
import { timesLeft } from './timetable.ts';
import { limitWall } from './wall-limit.ts';
import { inbound, logLineBytes, outbound } from './wire.ts';

/** How long a run that has ended waits for its cancelled calls to say what became of them. */
const settleMs = 250;

/** A live run, from its first step to its outcome. The guest is in one step at a time. */
export class LiveRun {
  readonly #request: RunRequest;
  readonly #guest: Guest;
  readonly #blobs: BlobStore;
  readonly #calls: HostCalls;
  readonly #open: OpenCalls;
  readonly #extensions: HostPorts['extensions'];
  readonly #log: RunLog;
  readonly #clock: RunClock;
  readonly #script: StepScript;
  readonly #journal: JournalWriter;
  readonly #ended = Promise.withResolvers<Ending>();
  /** Rejects only when the host itself fails. */
  readonly outcome: Promise<RunOutcome>;
  #freezing: Freezing | undefined;
  #stepping = false;
  #over = false;
  #heldBytes = 0;
  #steps: number;
  #fuel: number;
  #memoryBytes = 0;
  #bytesReturned = 0;

  constructor(guest: Guest, ports: HostPorts, request: RunRequest) {
    const { origin, runId, limits, recorded, timetable = [] } = request;
    const { before, blobs, seed } = origin.type === 'snapshot' ? origin : ({} as const);
    this.#guest = guest;
    this.#request = request;
    this.#log = new RunLog(before, (log) => this.#tellLog(log));
    this.#fuel = before?.fuelUsed ?? 0;
    this.#steps = before?.steps ?? 0;
    this.#extensions = ports.extensions;
    this.#blobs = new BlobStore(blobs);
    this.#clock = new RunClock(request.clock, before?.elapsedMs ?? 0);
    const replay = recorded && new Replay(recorded);
    const script = { ...replay?.script(this.#steps), ...(seed !== undefined && { seed }) };
    const done = this.#steps + (script.steps?.length ?? 0);
    const left = timesLeft(timetable, recorded?.run.steps ?? [], done);
    this.#script = new StepScript({ ...script, timetable: left }, this.#clock);
    this.#journal = new JournalWriter(request.journal, (error) => this.#unrecorded(error));
    this.#calls = new HostCalls(ports, {
      runId,
      blobs: this.#blobs,
      tell: (event) => this.#tell(event),
      parallelToolCalls: limits.parallelToolCalls,
      before,
    });
    this.#open = new OpenCalls({
      calls: this.#calls,
      clock: this.#clock,
      journal: this.#journal,
      script: this.#script,
      replay,
      onAnswer: () => this.#continue(),
      onHold: (bytes) => this.#hold(bytes),
      onFault: (error) => this.#fail(error),
    });
    for (const answered of before?.answers ?? []) this.#open.keep(answered);
    guest.onGone = (error) => this.#lose(error);
    this.outcome = this.#run();
    // Whoever wants it awaits it; a run that nobody awaits must not end the process.
    this.outcome.catch(() => {});
  }

  async #run(): Promise<RunOutcome> {
    const { signal } = this.#request;
    const onAbort = () => this.#end(aborted('The run was cancelled.'));
    signal?.addEventListener('abort', onAbort, { once: true });
    const { wallMs: allowed } = this.#request.limits;
    const stopWall = limitWall({
      wallMs: allowed,
      clock: this.#clock,
      script: this.#script,
      onWall: () => this.#end(atLimit('wall', allowed)),
    });
    let wallMs = 0;
    try {
      if (signal?.aborted) onAbort();
      if (!this.#over) this.#begin();
      const ending = await this.#ended.promise.finally(async () => {
        wallMs = Math.round(this.#clock.elapsedMs * 10) / 10;
        const settled = this.#open.settle(settleMs);
        this.#guest.release();
        await settled;
      });
      return this.#assemble(ending, wallMs);
    } finally {
      stopWall();
      signal?.removeEventListener('abort', onAbort);
      this.#freezing?.end();
    }
  }

  /**
   * Ends the run as `suspended` and gives it as bytes, as soon as the guest rests and its calls
   * are answered. Timers go on where they stood when it is thawed.
   * @throws SandboxError `ABORTED` when the run ends before
   */
  freeze(options: FreezeOptions = {}): Promise<Uint8Array> {
    if (this.#over) {
      return Promise.reject(new SandboxError('ABORTED', 'The run has ended: nothing to freeze.'));
    }
    this.#freezing ??= new Freezing(options, () => this.#continue());
    this.#freezing.takesBack ||= options.takeBack === true;
    this.#continue();
    return this.#freezing.bytes;
  }

  #begin(): void {
    const { origin, limits, clock } = this.#request;
    const { fuel, memoryBytes } = limits;
    if (origin.type === 'program') {
      const extensions = [...this.#extensions.keys()];
      const message = startMessage(origin, limits, extensions, Math.floor(clock));
      this.#step(() => this.#guest.step({ type: 'start', limits: { fuel, memoryBytes }, message }));
      return;
    }
    const { state, before } = origin;
    for (const call of before.open) {
      this.#takeCall(Frame.of(outbound.call, call.id, call.fields), call);
    }
    const next = this.#nextStep();
    if (this.#over) return;
    const thaw = {
      type: 'thaw',
      limits: { fuel, memoryBytes, fuelUsed: before.fuelUsed },
      state,
      ...(next && { message: this.#message(next) }),
    } as const;
    this.#step(() => this.#guest.step(thaw));
  }

  /** Makes one step and acts on what came of it; a host fault ends the run by rejecting. */
  async #step(step: () => Promise<StepResult>): Promise<void> {
    this.#stepping = true;
    try {
      const result = await step().catch((error) => this.#lose(error));
      this.#stepping = false;
      if (this.#over || result === undefined) return;
      this.#take(result);
      this.#continue();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The program is lost with its worker, or because the sandbox was closed. */
  #lose(error: SandboxError): undefined {
    this.#end(lost(error));
  }

  /** The host's fault: the run has no outcome. */
  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#open.end();
    this.#ended.reject(
      error instanceof SandboxError
        ? error
        : new SandboxError('ENGINE_FAULT', 'The host failed during this run.', { cause: error }),
    );
  }

  /** What was not kept does not take effect: the run ends here. */
  #unrecorded(error: unknown): void {
    if (error instanceof SandboxError) this.#end(unrecorded(error));
    else this.#fail(error);
  }

  #tellLog(log: LogEntry): void {
    this.#tell({ type: 'log', log, ...(!this.#script.isOver && { replayed: true }) });
  }

  #tell(event: RunEvent): void {
    if (this.#over) return;
    try {
      this.#request.onEvent(event);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Counts what the host holds for the guest: arguments of calls under way, answers that are not
   * handed in yet. It may be as much as the guest's own memory, so that no program fills the host's.
   */
  #hold(bytes: number): void {
    const { memoryBytes } = this.#request.limits;
    this.#heldBytes += bytes;
    if (this.#heldBytes > memoryBytes) this.#end(atLimit('memory', memoryBytes));
  }

  #take(result: StepResult): void {
    this.#fuel = result.fuelUsed;
    this.#memoryBytes = result.memoryBytes;
    for (const frame of readFrames(result.output)) {
      // What a step began that ended in a trap is of no matter, but what it logged is.
      if (result.trap === undefined || frame.kind === outbound.log) this.#takeFrame(frame);
    }
    if (result.trap !== undefined) this.#end(endingOfTrap(result.trap, this.#request.limits));
  }

  /** With the guest at rest: freezes it, hands answers in, or sees that none can come. */
  #continue(): void {
    if (this.#over || this.#stepping) return;
    if (this.#script.isOver && this.#freezing === undefined) this.#open.release();
    if (this.#freezing !== undefined) {
      this.#open.withdrawHeld();
      if (this.#freezing.takesBack) this.#open.takeBack();
      if (this.#freezing.waitedEnough) this.#open.stopWaiting();
      if (this.#open.awaited) this.#guest.rest();
      else this.#freeze(this.#freezing);
    } else if (this.#open.answers.length > 0) {
      this.#handIn();
    } else if (this.#open.size === 0) {
      this.#end(deadlocked());
    } else {
      this.#guest.rest();
    }
  }

  #handIn(): void {
    const next = this.#nextStep();
    if (this.#over) return;
    if (next === undefined) return this.#guest.rest();
    const message = this.#message(next);
    this.#step(() => this.#guest.step({ type: 'step', message }));
  }

  /** What goes in next, in the journal already; undefined where more answers are waited for. */
  #nextStep(): NextStep | undefined {
    const { answers } = this.#open;
    if (answers.length === 0) return undefined;
    const next = this.#script.take(answers, (id) => this.#open.isOpen(id));
    if (next === undefined) return undefined;
    const { step, replayed } = next;
    const used = { fuel: this.#fuel, memoryBytes: this.#memoryBytes };
    const told = replayed ? step : { ...step, used };
    return this.#journal.keep((kept) => kept.stepped(told, replayed)) ? next : undefined;
  }

  #message({ step, due }: NextStep): Uint8Array {
    const writer = new MessageWriter();
    if (step.seed !== undefined) {
      writer.frame(inbound.reseed, 0, JSON.stringify(seedWords(step.seed)));
    }
    this.#steps++;
    this.#open.handIn(writer, due);
    this.#log.warn(due);
    return writer.finish(step.clock);
  }

  async #freeze(freezing: Freezing): Promise<void> {
    this.#stepping = true;
    try {
      const notes = this.#notes();
      const state = await this.#guest.freeze().catch((error) => this.#lose(error));
      this.#stepping = false;
      if (this.#over || state === undefined) return;
      const blobs = this.#blobs.all;
      freezing.done(encodeSnapshot({ state, notes, blobs }, this.#request.engineDigest));
      this.#end({ status: 'suspended' });
    } catch (error) {
      this.#fail(error);
    }
  }

  #notes(): JsonObject {
    const { program, runId, limits } = this.#request;
    const run: FrozenRun = {
      runId,
      name: program.name,
      map: program.map,
      limits,
      fuelUsed: this.#fuel,
      elapsedMs: this.#clock.elapsedMs,
      clock: this.#clock.now,
      frozenAt: Date.now(),
      ...this.#log.notes,
      calls: this.#calls.tools.records,
      bytesFromTools: this.#calls.tools.bytesFromTools,
      open: this.#open.frozen(),
      answers: [...this.#open.answers],
      steps: this.#steps,
    };
    return run as unknown as JsonObject;
  }

  #takeFrame(frame: Frame): void {
    if (this.#over) return;
    switch (frame.kind) {
      case outbound.call:
        return this.#takeCall(frame);
      case outbound.cancel:
        return this.#open.cancel(frame.id);
      case outbound.log:
        return this.#takeLog(frame);
      case outbound.returned:
        return this.#takeReturned(frame);
      case outbound.threw:
        return this.#end({
          status: 'threw',
          error: parseThrown(frame, this.#request.program.toPosition),
        });
      default:
        throw new SandboxError(
          'ENGINE_FAULT',
          `The engine handed out a frame of kind ${frame.kind}.`,
        );
    }
  }

  #takeCall(frame: Frame, before?: FrozenCall): void {
    const { toolCalls } = this.#request.limits;
    const tooMany = fieldText(frame, 0) === 'callTool' && this.#calls.tools.count >= toolCalls;
    if (tooMany) return this.#end(atLimit('toolCalls', toolCalls));
    this.#open.take(frame, before);
  }

  #takeLog(frame: Frame): void {
    const { logBytes } = this.#request.limits;
    const bytes = this.#log.count(frame.text.length + logLineBytes);
    if (bytes > logBytes) return this.#end(atLimit('logs', logBytes));
    this.#log.add(parseLog(frame, this.#request.program.toPosition));
  }

  #takeReturned(frame: Frame): void {
    const { outputBytes } = this.#request.limits;
    const bytes = frame.text.length;
    if (bytes > outputBytes) return this.#end(atLimit('output', outputBytes));
    this.#bytesReturned = bytes;
    const value = this.#blobs.parse(fieldText(frame, 0));
    this.#end(
      value === undefined ? atLimit('output', maxBlobBytes) : { status: 'returned', value },
    );
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#open.end();
    this.#ended.resolve(ending);
  }

  #assemble(ending: Ending, wallMs: number): RunOutcome {
    const { records: calls, bytesFromTools } = this.#calls.tools;
    return {
      ...ending,
      logs: this.#log.notes.logs,
      calls,
      usage: {
        fuel: this.#fuel,
        memoryBytes: this.#memoryBytes,
        wallMs,
        toolCalls: calls.length,
        cacheHits: calls.filter(({ cached }) => cached).length,
        bytesFromTools,
        bytesReturned: this.#bytesReturned,
      },
      runId: this.#request.runId,
    } as RunOutcome;
  }
}
