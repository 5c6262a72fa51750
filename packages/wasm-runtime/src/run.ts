import { type JsonObject, type LogEntry, type RunOutcome, SandboxError } from '@org/core';
import { BlobStore, maxBlobBytes } from './blob-store.ts';
import { maxTimerMs } from './bounds.ts';
import { Frame, fieldText, MessageWriter, readFrames } from './frames.ts';
import type { FrozenRun } from './frozen-run.ts';
import type { Guest } from './guest.ts';
import { parseLog, parseThrown } from './guest-frames.ts';
import { type Answer, HostCalls, type HostPorts, textOf, withdrawn } from './host-calls.ts';
import type { StepResult } from './instance.ts';
import { frozenCall, type OpenCall } from './open-call.ts';
import { aborted, atLimit, deadlocked, type Ending, endingOfTrap, lost } from './outcome.ts';
import type { RunEvent } from './run-event.ts';
import type { FreezeOptions, RunRequest } from './run-request.ts';
import { encodeSnapshot } from './snapshot.ts';
import type { Answered } from './step-script.ts';
import { inbound, logLineBytes, outbound, type StartOptions } from './wire.ts';

/** How long a run that has ended waits for its cancelled calls to say what became of them. */
const settleMs = 250;

/** A live run, from its first step to its outcome. The guest is in one step at a time. */
export class LiveRun {
  readonly #request: RunRequest;
  readonly #guest: Guest;
  readonly #blobs: BlobStore;
  readonly #calls: HostCalls;
  readonly #extensions: HostPorts['extensions'];
  readonly #logs: LogEntry[];
  readonly #open = new Map<number, OpenCall>();
  readonly #startedAt = performance.now();
  readonly #elapsedBefore: number;
  readonly #ended = Promise.withResolvers<Ending>();
  /** Rejects only when the host itself fails. */
  readonly outcome: Promise<RunOutcome>;
  #answers: Answered[] = [];
  #freezing: PromiseWithResolvers<Uint8Array> | undefined;
  #waitedEnough = false;
  #stepping = false;
  #over = false;
  #heldBytes = 0;
  #logBytes: number;
  #fuel: number;
  #memoryBytes = 0;
  #bytesReturned = 0;

  constructor(guest: Guest, ports: HostPorts, request: RunRequest) {
    const before = request.origin.type === 'snapshot' ? request.origin.before : undefined;
    this.#guest = guest;
    this.#request = request;
    this.#logs = [...(before?.logs ?? [])];
    this.#logBytes = before?.logBytes ?? 0;
    this.#fuel = before?.fuelUsed ?? 0;
    this.#elapsedBefore = before?.elapsedMs ?? 0;
    for (const { id, answer } of before?.answers ?? []) this.#keep(id, answer);
    const tell = (event: RunEvent) => this.#tell(event);
    this.#extensions = ports.extensions;
    const { runId, limits } = request;
    this.#blobs = new BlobStore(
      request.origin.type === 'snapshot' ? request.origin.blobs : undefined,
    );
    const own = { runId, blobs: this.#blobs, tell };
    this.#calls = new HostCalls(ports, own, limits.parallelToolCalls, before);
    guest.onGone = (error) => this.#lose(error);
    this.outcome = this.#run();
    // Whoever wants it awaits it; a run that nobody awaits must not end the process.
    this.outcome.catch(() => {});
  }

  async #run(): Promise<RunOutcome> {
    const { limits, signal } = this.#request;
    const onAbort = () => this.#end(aborted('The run was cancelled.'));
    const wallLeft = Math.max(0, limits.wallMs - this.#elapsedBefore);
    const wall = setTimeout(
      () => this.#end(atLimit('wall', limits.wallMs)),
      Math.min(wallLeft, maxTimerMs),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    let wallMs = 0;
    try {
      if (signal?.aborted) onAbort();
      if (!this.#over) this.#begin();
      const ending = await this.#ended.promise.finally(async () => {
        wallMs = Math.round(this.#elapsed() * 10) / 10;
        for (const { controller } of this.#open.values()) controller.abort();
        this.#guest.release();
        await this.#calls.settle(settleMs);
      });
      return this.#assemble(ending, wallMs);
    } finally {
      clearTimeout(wall);
      signal?.removeEventListener('abort', onAbort);
      this.#freezing?.reject(
        new SandboxError('ABORTED', 'The run ended before it could be frozen.'),
      );
    }
  }

  /**
   * Ends the run as `suspended` and gives it as bytes, as soon as the guest rests and its calls
   * are answered. Timers go on where they stood when it is thawed.
   * @throws SandboxError `ABORTED` when the run ends before
   */
  freeze({ waitMs }: FreezeOptions = {}): Promise<Uint8Array> {
    if (this.#over) {
      return Promise.reject(new SandboxError('ABORTED', 'The run has ended: nothing to freeze.'));
    }
    if (this.#freezing !== undefined) return this.#freezing.promise;
    this.#freezing = Promise.withResolvers<Uint8Array>();
    // It may be that only the outcome is awaited.
    this.#freezing.promise.catch(() => {});
    if (waitMs !== undefined) {
      const timer = setTimeout(
        () => {
          this.#waitedEnough = true;
          this.#continue();
        },
        Math.min(waitMs, maxTimerMs),
      );
      this.#freezing.promise.finally(() => clearTimeout(timer)).catch(() => {});
    }
    this.#continue();
    return this.#freezing.promise;
  }

  #begin(): void {
    const { origin, limits, clock } = this.#request;
    const { fuel, memoryBytes } = limits;
    const writer = new MessageWriter();
    if (origin.type === 'program') {
      const options: StartOptions = {
        seed: origin.seed,
        toolCalls: limits.toolCalls,
        outputBytes: limits.outputBytes,
        logBytes: limits.logBytes,
        extensions: [...this.#extensions.keys()],
        ...(origin.entry === undefined ? {} : { entry: origin.entry }),
      };
      writer.frame(inbound.start, 0, JSON.stringify(options), origin.code, origin.args);
      const message = writer.finish(Math.floor(clock));
      this.#step(() => this.#guest.step({ type: 'start', limits: { fuel, memoryBytes }, message }));
      return;
    }
    const { state, before, seed } = origin;
    if (seed !== undefined) writer.frame(inbound.reseed, 0, JSON.stringify(seed));
    this.#writeAnswers(writer);
    for (const { id, fields } of before.open) {
      this.#takeCall(Frame.of(outbound.call, id, fields));
    }
    const thaw = {
      type: 'thaw',
      limits: { fuel, memoryBytes, fuelUsed: before.fuelUsed },
      state,
      ...(writer.empty ? {} : { message: writer.finish(Math.floor(clock)) }),
    } as const;
    this.#step(() => this.#guest.step(thaw));
  }

  #elapsed(): number {
    return this.#elapsedBefore + performance.now() - this.#startedAt;
  }

  #now(): number {
    return Math.floor(this.#request.clock + performance.now() - this.#startedAt);
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
    this.#ended.reject(
      error instanceof SandboxError
        ? error
        : new SandboxError('ENGINE_FAULT', 'The host failed during this run.', { cause: error }),
    );
  }

  #tell(event: RunEvent): void {
    if (event.type === 'log') this.#logs.push(event.log);
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
    if (this.#freezing !== undefined) {
      if (this.#waitedEnough) this.#stopWaiting();
      const awaited = [...this.#open.values()].some(
        ({ name, controller }) => name !== 'sleep' && controller.signal.reason !== withdrawn,
      );
      if (awaited) this.#guest.rest();
      else this.#freeze(this.#freezing);
    } else if (this.#answers.length > 0) {
      this.#handIn();
    } else if (this.#open.size === 0) {
      this.#end(deadlocked());
    } else {
      this.#guest.rest();
    }
  }

  #handIn(): void {
    const next = this.#request.script.take(this.#answers, this.#open.size === 0, this.#now());
    if (next === undefined) return this.#guest.rest();
    const writer = new MessageWriter();
    this.#writeAnswers(writer, next.due);
    const message = writer.finish(next.clock);
    this.#step(() => this.#guest.step({ type: 'step', message }));
  }

  /** Keeps an answer until it is handed in. */
  #keep(id: number, answer: Answer): void {
    this.#hold(textOf(answer).length);
    this.#answers.push({ id, answer });
  }

  /** Cancels the calls that are under way, and takes back those that were not sent. */
  #stopWaiting(): void {
    for (const { controller, name, sent } of this.#open.values()) {
      if (sent) controller.abort();
      else if (name === 'callTool' || this.#extensions.has(name)) controller.abort(withdrawn);
    }
  }

  #writeAnswers(writer: MessageWriter, due: readonly Answered[] = this.#answers): void {
    for (const { id, answer } of due) {
      this.#hold(-textOf(answer).length);
      if (answer.ok) writer.frame(inbound.answer, id, answer.text);
      else writer.frame(inbound.failure, id, answer.error);
    }
    this.#answers = due === this.#answers ? [] : this.#answers.filter((one) => !due.includes(one));
  }

  async #freeze(freezing: PromiseWithResolvers<Uint8Array>): Promise<void> {
    this.#stepping = true;
    try {
      const notes = this.#notes();
      const state = await this.#guest.freeze().catch((error) => this.#lose(error));
      this.#stepping = false;
      if (this.#over || state === undefined) return;
      const blobs = this.#blobs.all;
      freezing.resolve(encodeSnapshot({ state, notes, blobs }, this.#request.engineDigest));
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
      elapsedMs: this.#elapsed(),
      clock: this.#now(),
      frozenAt: Date.now(),
      // Copies: a timer may run out while the worker captures the guest.
      logs: [...this.#logs],
      logBytes: this.#logBytes,
      calls: this.#calls.records,
      bytesFromTools: this.#calls.bytesFromTools,
      open: [...this.#open].map(([id, call]) => frozenCall(id, call)),
      answers: [...this.#answers],
    };
    return run as unknown as JsonObject;
  }

  #takeFrame(frame: Frame): void {
    if (this.#over) return;
    switch (frame.kind) {
      case outbound.call:
        return this.#takeCall(frame);
      case outbound.cancel:
        this.#close(frame.id)?.abort();
        return;
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

  #takeCall(frame: Frame): void {
    const { toolCalls } = this.#request.limits;
    const name = fieldText(frame, 0);
    const tooMany = name === 'callTool' && this.#calls.count >= toolCalls;
    if (tooMany) return this.#end(atLimit('toolCalls', toolCalls));
    const controller = new AbortController();
    const bytes = frame.text.length;
    this.#hold(bytes);
    if (this.#over) return;
    const call = { controller, frame, name, sent: false, bytes, madeAt: performance.now() };
    this.#open.set(frame.id, call);
    const onSent = () => {
      call.sent = true;
    };
    this.#calls.carryOut(frame, controller.signal, onSent).then((answer) => {
      if (controller.signal.reason === withdrawn) return;
      // An answer that is no longer wanted, or came twice, finds its call closed.
      if (this.#over || this.#close(frame.id) === undefined) return;
      this.#keep(frame.id, answer);
      this.#continue();
    });
  }

  #close(id: number): AbortController | undefined {
    const call = this.#open.get(id);
    if (call === undefined) return undefined;
    this.#open.delete(id);
    this.#hold(-call.bytes);
    return call.controller;
  }

  #takeLog(frame: Frame): void {
    const { logBytes } = this.#request.limits;
    this.#logBytes += frame.text.length + logLineBytes;
    if (this.#logBytes > logBytes) return this.#end(atLimit('logs', logBytes));
    this.#tell({ type: 'log', log: parseLog(frame, this.#request.program.toPosition) });
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
    this.#ended.resolve(ending);
  }

  #assemble(ending: Ending, wallMs: number): RunOutcome {
    const calls = this.#calls.records;
    return {
      ...ending,
      logs: [...this.#logs],
      calls,
      usage: {
        fuel: this.#fuel,
        memoryBytes: this.#memoryBytes,
        wallMs,
        toolCalls: calls.length,
        cacheHits: calls.filter(({ cached }) => cached).length,
        bytesFromTools: this.#calls.bytesFromTools,
        bytesReturned: this.#bytesReturned,
      },
      runId: this.#request.runId,
    } as RunOutcome;
  }
}
