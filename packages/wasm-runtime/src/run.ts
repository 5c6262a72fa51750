import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import {
  type CallRecord,
  isJsonObject,
  type LimitKind,
  type Limits,
  type LogEntry,
  type LogLevel,
  maxDepth,
  type ProgramError,
  type RunOutcome,
  SandboxError,
} from '@org/core';
import { type Frame, fieldText, MessageWriter, readFrames } from './frames.ts';
import { type Answer, HostCalls, type HostPorts } from './host-calls.ts';
import type { StepResult, Trap } from './instance.ts';
import type { Program } from './program.ts';
import { readableStack } from './stack.ts';
import { inbound, mailboxLimit, outbound, type StartOptions } from './wire.ts';
import type { WorkerLease } from './worker-pool.ts';

/** What happens during a run, for whoever watches it. */
export type RunEvent =
  | { readonly type: 'call'; readonly call: CallRecord }
  | { readonly type: 'log'; readonly log: LogEntry };

export interface RunRequest {
  readonly program: Program;
  /** JSON text. */
  readonly args: string;
  readonly limits: Limits;
  readonly seed: StartOptions['seed'];
  /** Milliseconds since 1970 that the program's clock shows at its start. */
  readonly startTime: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: (event: RunEvent) => void;
}

/** How a run ended, without what is the same for every ending. */
type Ending = RunOutcome extends infer Outcome
  ? Outcome extends RunOutcome
    ? Omit<Outcome, 'logs' | 'calls' | 'usage' | 'runId'>
    : never
  : never;

interface OpenCall {
  readonly controller: AbortController;
  /** Of its arguments, which the host holds until it is answered. */
  readonly bytes: number;
}

/** The longest time that a Node timer can wait. */
const maxTimerMs = 2 ** 31 - 1;

/** How long a run that has ended waits for its cancelled calls to say what became of them. */
const settleMs = 250;

const limitOfMailbox: Readonly<Record<number, LimitKind>> = {
  [mailboxLimit.toolCalls]: 'toolCalls',
  [mailboxLimit.output]: 'output',
  [mailboxLimit.logs]: 'logs',
  [mailboxLimit.depth]: 'depth',
};

/** Terminal control: what a log line must not carry to a person's screen. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;

/** One run, from its first step to its outcome. The guest is only ever in one step at a time. */
export class Run {
  readonly #request: RunRequest;
  readonly #lease: WorkerLease;
  readonly #calls: HostCalls;
  readonly #logs: LogEntry[] = [];
  readonly #open = new Map<number, OpenCall>();
  readonly #startedAt = performance.now();
  readonly #ended = Promise.withResolvers<Ending>();
  #answers: { readonly id: number; readonly answer: Answer }[] = [];
  #stepping = false;
  #over = false;
  #heldBytes = 0;
  #logBytes = 0;
  #fuel = 0;
  #memoryBytes = 0;
  #bytesReturned = 0;

  constructor(lease: WorkerLease, ports: HostPorts, request: RunRequest) {
    this.#lease = lease;
    this.#request = request;
    this.#calls = new HostCalls(ports, request.limits.parallelToolCalls, (call) => {
      this.#tell({ type: 'call', call });
    });
    lease.onGone = (error) => this.#fail(error);
  }

  /** Runs to the end. Rejects only when the host itself fails. */
  async outcome(): Promise<RunOutcome> {
    const { limits, signal } = this.#request;
    const onAbort = () => this.#end(aborted('The run was cancelled.'));
    const wall = setTimeout(
      () => this.#endAtLimit('wall', limits.wallMs),
      Math.min(limits.wallMs, maxTimerMs),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    let wallMs = 0;
    try {
      if (signal?.aborted) onAbort();
      else this.#begin();
      const ending = await this.#ended.promise.finally(async () => {
        wallMs = Math.round((performance.now() - this.#startedAt) * 10) / 10;
        for (const { controller } of this.#open.values()) controller.abort();
        await Promise.all([this.#lease.release(), this.#calls.settle(settleMs)]);
      });
      return this.#assemble(ending, wallMs);
    } finally {
      clearTimeout(wall);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #begin(): void {
    const { program, args, limits, seed, startTime } = this.#request;
    const options: StartOptions = {
      seed,
      toolCalls: limits.toolCalls,
      outputBytes: limits.outputBytes,
      logBytes: limits.logBytes,
      mailbox: true,
    };
    const message = new MessageWriter()
      .frame(inbound.start, 0, JSON.stringify(options), program.code, args)
      .finish(Math.floor(startTime));
    const { fuel, memoryBytes } = limits;
    this.#step(() => this.#lease.step({ type: 'start', limits: { fuel, memoryBytes }, message }));
  }

  #now(): number {
    return Math.floor(this.#request.startTime + performance.now() - this.#startedAt);
  }

  /** Makes one step and acts on what came of it; a host fault ends the run by rejecting. */
  async #step(step: () => Promise<StepResult>): Promise<void> {
    this.#stepping = true;
    try {
      const result = await step();
      this.#stepping = false;
      if (this.#over) return;
      this.#take(result);
      this.#continue();
    } catch (error) {
      this.#stepping = false;
      this.#fail(error);
    }
  }

  /** The host's fault: the run has no outcome, unless it was the sandbox that was closed. */
  #fail(error: unknown): void {
    if (this.#over) return;
    if (error instanceof SandboxError && error.code === 'ABORTED') {
      this.#end(aborted(error.message));
      return;
    }
    this.#over = true;
    this.#ended.reject(
      error instanceof SandboxError
        ? error
        : new SandboxError('ENGINE_FAULT', 'The host failed during this run.', { cause: error }),
    );
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
    if (this.#heldBytes > memoryBytes) this.#endAtLimit('memory', memoryBytes);
  }

  #take(result: StepResult): void {
    this.#fuel = result.fuelUsed;
    this.#memoryBytes = result.memoryBytes;
    for (const frame of readFrames(result.logs)) this.#takeFrame(frame);
    for (const frame of readFrames(result.output)) this.#takeFrame(frame);
    if (result.trap !== undefined) this.#takeTrap(result.trap);
  }

  /** Hands the answers that have come in meanwhile to the guest, or sees that none can come. */
  #continue(): void {
    if (this.#over || this.#stepping) return;
    if (this.#answers.length > 0) {
      const writer = new MessageWriter();
      for (const { id, answer } of this.#answers) {
        this.#hold(-textOf(answer).length);
        if (answer.ok) writer.frame(inbound.answer, id, answer.text);
        else writer.frame(inbound.failure, id, answer.error);
      }
      this.#answers = [];
      const message = writer.finish(this.#now());
      this.#step(() => this.#lease.step({ type: 'step', message }));
    } else if (this.#open.size === 0) {
      const message =
        'The program waits for a promise that nothing can settle any more: no call is under way and no timer is set.';
      this.#end({ status: 'threw', error: ourError('DEADLOCK', 'DeadlockError', message) });
    }
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
        return this.#takeThrew(frame);
      default:
        throw new SandboxError(
          'ENGINE_FAULT',
          `The engine handed out a frame of kind ${frame.kind}.`,
        );
    }
  }

  #takeCall(frame: Frame): void {
    const { toolCalls } = this.#request.limits;
    const isTool = fieldText(frame, 0) === 'callTool';
    if (isTool && this.#calls.records.length >= toolCalls)
      return this.#endAtLimit('toolCalls', toolCalls);
    const controller = new AbortController();
    const bytes = frame.fields.reduce((sum, field) => sum + field.length, 0);
    this.#hold(bytes);
    if (this.#over) return;
    this.#open.set(frame.id, { controller, bytes });
    this.#calls.carryOut(frame, controller.signal).then((answer) => {
      // An answer that is no longer wanted, or came twice, finds its call closed.
      if (this.#over || this.#close(frame.id) === undefined) return;
      this.#hold(textOf(answer).length);
      this.#answers.push({ id: frame.id, answer });
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
    this.#logBytes += frame.fields.reduce((sum, field) => sum + field.length, 0);
    if (this.#logBytes > logBytes) return this.#endAtLimit('logs', logBytes);
    const fields: unknown = JSON.parse(fieldText(frame, 2) || 'null');
    const log: LogEntry = {
      level: fieldText(frame, 0) as LogLevel,
      message: stripVTControlCharacters(fieldText(frame, 1)).replace(controls, ''),
      ...(isJsonObject(fields) ? { fields } : {}),
    };
    this.#logs.push(log);
    this.#tell({ type: 'log', log });
  }

  #takeReturned(frame: Frame): void {
    const { outputBytes } = this.#request.limits;
    const bytes = frame.fields[0]?.length ?? 0;
    if (bytes > outputBytes) return this.#endAtLimit('output', outputBytes);
    this.#bytesReturned = bytes;
    this.#end({ status: 'returned', value: JSON.parse(fieldText(frame, 0)) });
  }

  #takeThrew(frame: Frame): void {
    const name = fieldText(frame, 0);
    const message = fieldText(frame, 1);
    const code = fieldText(frame, 3) as ProgramError['code'] & string;
    const stack = readableStack(
      { name, message, stack: fieldText(frame, 2) },
      this.#request.program.toPosition,
    );
    this.#end({
      status: 'threw',
      error: { name, message, stack, ...(code === ('' as string) ? {} : { code }) },
    });
  }

  #takeTrap(trap: Trap): void {
    const { limits } = this.#request;
    if (trap.kind === 'fuel') return this.#endAtLimit('fuel', limits.fuel);
    if (trap.kind === 'memory') return this.#endAtLimit('memory', limits.memoryBytes);
    if (trap.kind === 'fault') {
      const message = `The engine stopped: ${trap.message}. The program used something that does not exist in the sandbox.`;
      return this.#end({
        status: 'threw',
        error: ourError('ENGINE_FAULT', 'EngineError', message),
      });
    }
    const kind = limitOfMailbox[trap.limit];
    if (kind === undefined) throw new SandboxError('ENGINE_FAULT', `Unknown limit ${trap.limit}.`);
    const allowed = {
      toolCalls: limits.toolCalls,
      output: limits.outputBytes,
      logs: limits.logBytes,
      depth: maxDepth,
    }[kind as 'toolCalls' | 'output' | 'logs' | 'depth'];
    this.#endAtLimit(kind, allowed);
  }

  #endAtLimit(kind: LimitKind, allowed: number): void {
    this.#end({ status: 'limit', limit: { kind, allowed } });
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended.resolve(ending);
  }

  #assemble(ending: Ending, wallMs: number): RunOutcome {
    const calls = [...this.#calls.records];
    return {
      ...ending,
      logs: this.#logs,
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
      runId: randomUUID(),
    } as RunOutcome;
  }
}

function textOf(answer: Answer): string {
  return answer.ok ? answer.text : answer.error;
}

/** An error of ours in the place where a program's would be. */
export function ourError(
  code: NonNullable<ProgramError['code']>,
  name: string,
  message: string,
): ProgramError {
  return { name, message, stack: `${name}: ${message}`, code };
}

/** The ending of a run that was cancelled. */
export function aborted(message: string): { status: 'aborted'; error: ProgramError } {
  return { status: 'aborted', error: ourError('ABORTED', 'AbortError', message) };
}

/** The outcome of a run that could not begin: nothing was called and nothing was used. */
export function notBegun(ending: { status: 'aborted' | 'threw'; error: ProgramError }): RunOutcome {
  const usage = {
    fuel: 0,
    memoryBytes: 0,
    wallMs: 0,
    toolCalls: 0,
    cacheHits: 0,
    bytesFromTools: 0,
    bytesReturned: 0,
  };
  return { ...ending, logs: [], calls: [], usage, runId: randomUUID() };
}
