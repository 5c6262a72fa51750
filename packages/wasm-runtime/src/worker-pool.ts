import { SandboxError } from '@org/core';
import type { Engine } from './engine.ts';
import { Guest, type Host, type Place } from './guest.ts';
import type { StepResult } from './instance.ts';
import type { PackedState } from './packed-state.ts';
import { type Priority, ReadyQueue } from './ready-queue.ts';
import type { StepRequest } from './worker-messages.ts';
import { WorkerThread } from './worker-thread.ts';

/** Where others want its worker, after this long: a swap takes about as much. */
const parkWhenWantedMs = 5;
/** And one that has had its worker this long, as soon as it waits at all. */
const longestTurnMs = 100;
/** After a run its worker takes about this long to be pristine again. */
const resetMs = 2;
/** Of all parked guests together; beyond it, guests stay in their workers. */
const maxParkedBytes = 256 * 1024 * 1024;

export interface PoolOptions {
  /** Most threads, and so most guests that compute at one time. */
  readonly workers: number;
  /** Most guests that have begun; further ones wait to begin. */
  readonly guests: number;
  /** A guest that has waited this long is parked, whether or not others want its worker. */
  readonly parkAfterMs: number;
}

export interface EnterOptions {
  readonly priority?: Priority;
  /** Takes back the wish to begin. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly guest: Guest;
  readonly priority: Priority;
  readonly begins: boolean;
  readonly turn: PromiseWithResolvers<void>;
}

/**
 * Worker threads that share one compiled engine, and the guests in them. A guest needs a worker
 * only for its steps: while it waits it may be parked, which is to be frozen out of its worker, and
 * is thawed in whichever is free when it goes on. Guests get workers by priority, then in turn.
 */
export class WorkerPool implements Host, AsyncDisposable {
  readonly #engine: Engine;
  readonly #options: PoolOptions;
  readonly #threads = new Set<WorkerThread>();
  readonly #dying = new Set<Promise<void>>();
  /** Workers without a guest, and since when; the longest first. */
  readonly #idle = new Map<WorkerThread, number>();
  readonly #occupants = new Map<WorkerThread, Guest>();
  readonly #guests = new Set<Guest>();
  /** Guests that wait in a worker, and since when; the longest first. */
  readonly #resting = new Map<Guest, number>();
  readonly #ready = new ReadyQueue<Waiting>();
  readonly #waiting = new Map<Guest, Waiting>();
  /** Sizes of guests that did not fit when they were to be parked. */
  readonly #refused = new WeakMap<Guest, number>();
  #parkedBytes = 0;
  #parking = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #closed = false;

  /** @param first a worker that has loaded this engine */
  constructor(engine: Engine, options: PoolOptions, first?: WorkerThread) {
    this.#engine = engine;
    this.#options = options;
    if (first !== undefined && !first.gone) this.#idle.set(this.#adopt(first), 0);
  }

  /** Guests that wait for a worker, to begin or for a step. */
  get queued(): number {
    return this.#waiting.size;
  }

  /**
   * A new guest, as soon as it has a worker.
   * @throws SandboxError `ABORTED` when the pool is closed, or the signal's reason
   */
  async enter({ priority = 'normal', signal }: EnterOptions = {}): Promise<Guest> {
    signal?.throwIfAborted();
    if (this.#closed) throw new SandboxError('ABORTED', 'The sandbox is closed.');
    const guest = new Guest(this, priority);
    const abandon = () => this.#abandon(guest, signal?.reason);
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      await this.#turn(guest, true);
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
    return guest;
  }

  async step(guest: Guest, request: StepRequest): Promise<StepResult> {
    const { thread, parked } = await this.#seat(guest);
    if (guest.over) throw this.#released();
    if (request.type !== 'step') guest.limits = request.limits;
    const { limits } = guest;
    const resumes = request.type === 'step' && parked !== undefined && limits !== undefined;
    let result: StepResult;
    try {
      result = await thread.step(
        resumes ? { ...request, type: 'thaw', limits, state: parked } : request,
      );
    } catch (cause) {
      throw this.#whyGone(cause);
    }
    if (limits !== undefined) guest.limits = { ...limits, fuelUsed: result.fuelUsed };
    return result;
  }

  rest(guest: Guest): void {
    if (guest.over || guest.place.at !== 'worker') return;
    this.#resting.set(guest, performance.now());
    this.#dispatch();
  }

  async freeze(guest: Guest): Promise<PackedState> {
    while (guest.place.at === 'parking') await guest.place.done;
    const { place } = guest;
    if (guest.over || place.at === 'nowhere') throw this.#whyGone(undefined);
    if (place.at === 'parked') return place.parked;
    this.#resting.delete(guest);
    try {
      return await place.thread.freeze();
    } catch (cause) {
      throw this.#whyGone(cause);
    }
  }

  release(guest: Guest): void {
    if (guest.over) return;
    guest.over = true;
    this.#guests.delete(guest);
    this.#resting.delete(guest);
    this.#abandon(guest, this.#released());
    const { place } = guest;
    // One on its way out is let go when it is there.
    if (place.at !== 'parking') guest.place = { at: 'nowhere' };
    if (place.at === 'parked') this.#parkedBytes -= place.parked.bytes.length;
    if (place.at === 'worker') this.#vacate(place.thread);
    this.#dispatch();
  }

  /** Kills all workers; guests that wait for one, or are parked, are told. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const error = this.#whyGone(undefined);
    for (const { turn } of this.#ready.clear()) turn.reject(error);
    for (const guest of this.#guests) guest.onGone(error);
    for (const thread of this.#threads) this.#kill(thread);
    await Promise.all(this.#dying);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #whyGone(cause: unknown): SandboxError {
    if (this.#closed) return new SandboxError('ABORTED', 'The sandbox was closed.');
    const message = 'The worker of this run stopped unexpectedly.';
    return new SandboxError('ENGINE_FAULT', message, { cause });
  }

  #released(): SandboxError {
    return new SandboxError('ABORTED', 'The run has ended.');
  }

  #adopt(thread: WorkerThread): WorkerThread {
    thread.onGone = (cause) => {
      if (!this.#threads.delete(thread)) return;
      this.#idle.delete(thread);
      const guest = this.#occupants.get(thread);
      this.#occupants.delete(thread);
      if (guest !== undefined && !thread.busy) guest.onGone(this.#whyGone(cause));
      this.#dispatch();
    };
    this.#threads.add(thread);
    return thread;
  }

  #kill(thread: WorkerThread): void {
    this.#threads.delete(thread);
    this.#occupants.delete(thread);
    const dead = thread.kill().finally(() => this.#dying.delete(dead));
    this.#dying.add(dead);
  }

  /** Takes the worker from its guest, which is over or parked. */
  #vacate(thread: WorkerThread): void {
    if (!this.#threads.has(thread)) return;
    if (thread.busy) return this.#kill(thread);
    this.#occupants.delete(thread);
    thread.drop();
    this.#idle.set(thread, performance.now());
  }

  /** The worker that the guest is in; waits for one where it has none. */
  async #seat(guest: Guest): Promise<{ thread: WorkerThread; parked?: PackedState }> {
    while (!guest.over) {
      const { place } = guest;
      if (place.at === 'worker') {
        this.#resting.delete(guest);
        const { thread, since } = place;
        guest.place = { at: 'worker', thread, since };
        return place;
      }
      if (place.at === 'parking') await place.done;
      else await this.#turn(guest, false);
    }
    throw this.#released();
  }

  /** Resolves when the guest has a worker. */
  async #turn(guest: Guest, begins: boolean): Promise<void> {
    if (this.#closed) throw this.#whyGone(undefined);
    const turn = Promise.withResolvers<void>();
    const waiting = { guest, priority: guest.priority, begins, turn };
    this.#ready.add(waiting);
    this.#waiting.set(guest, waiting);
    this.#dispatch();
    await turn.promise;
    if (this.#closed) throw this.#whyGone(undefined);
  }

  #abandon(guest: Guest, reason: unknown): void {
    const waiting = this.#waiting.get(guest);
    if (waiting === undefined) return;
    this.#waiting.delete(guest);
    this.#ready.remove(waiting);
    waiting.turn.reject(reason);
  }

  /** Gives workers to those who wait for one, as far as there are any. */
  #dispatch(): void {
    let wanted = false;
    while (!this.#closed && !wanted) {
      const first = this.#ready.first(this.#guests.size < this.#options.guests);
      if (first === undefined) break;
      const thread = this.#longestIdle() ?? this.#another();
      if (thread === undefined) wanted = true;
      else this.#place(first, thread);
    }
    if (wanted) this.#makeRoom();
    this.#arm(wanted && this.#parking < this.#ready.size);
  }

  #longestIdle(): WorkerThread | undefined {
    const [longest] = this.#idle;
    if (longest === undefined) return undefined;
    const [thread, since] = longest;
    this.#idle.delete(thread);
    // Runs that follow each other closely take turns in two workers, so that none waits for a reset.
    if (performance.now() - since < resetMs && this.#threads.size < 2) {
      const spare = this.#another();
      if (spare !== undefined) this.#idle.set(spare, 0);
    }
    return thread;
  }

  #another(): WorkerThread | undefined {
    return this.#threads.size < this.#options.workers
      ? this.#adopt(WorkerThread.withEngine(this.#engine))
      : undefined;
  }

  #place(waiting: Waiting, thread: WorkerThread): void {
    const { guest, turn } = waiting;
    this.#ready.remove(waiting);
    this.#waiting.delete(guest);
    this.#guests.add(guest);
    this.#occupants.set(thread, guest);
    const seat = { at: 'worker', thread, since: performance.now() } as const;
    const { place } = guest;
    if (place.at === 'parked') this.#parkedBytes -= place.parked.bytes.length;
    guest.place = place.at === 'parked' ? { ...seat, parked: place.parked } : seat;
    turn.resolve();
  }

  /** Parks those who have waited longest, as many as others wait for a worker. */
  #makeRoom(): void {
    const now = performance.now();
    for (const [guest, since] of [...this.#resting]) {
      if (this.#parking >= this.#ready.size) return;
      const turn = guest.place.at === 'worker' ? now - guest.place.since : 0;
      if (now - since >= parkWhenWantedMs || turn >= longestTurnMs) this.#park(guest);
    }
  }

  #park(guest: Guest): void {
    const { place } = guest;
    if (place.at !== 'worker') return;
    this.#resting.delete(guest);
    if (this.#parkedBytes + (this.#refused.get(guest) ?? 0) > maxParkedBytes) {
      // It stays where it is, and is asked again later.
      this.#resting.set(guest, performance.now());
      return;
    }
    this.#parking++;
    guest.place = { at: 'parking', done: this.#freezeOut(guest, place) };
  }

  async #freezeOut(guest: Guest, place: Extract<Place, { at: 'worker' }>): Promise<void> {
    try {
      const parked = await place.thread.freeze();
      const size = parked.bytes.length;
      const fits = this.#parkedBytes + size <= maxParkedBytes;
      if (guest.over || fits) this.#vacate(place.thread);
      if (guest.over) return;
      if (fits) {
        guest.place = { at: 'parked', parked };
        this.#parkedBytes += size;
      } else {
        guest.place = place;
        this.#refused.set(guest, size);
        this.#resting.set(guest, performance.now());
      }
    } catch (cause) {
      guest.place = { at: 'nowhere' };
      guest.onGone(this.#whyGone(cause));
    } finally {
      this.#parking--;
      this.#dispatch();
    }
  }

  /** Sets the timer for the guest that has waited longest. */
  #arm(wanted: boolean): void {
    const [longest] = this.#resting;
    if (longest === undefined || this.#closed) return;
    const due = longest[1] + (wanted ? parkWhenWantedMs : this.#options.parkAfterMs);
    if (due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, due - performance.now()) + 1).unref();
  }

  #wake(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const [guest, since] of [...this.#resting]) {
      if (now - since >= this.#options.parkAfterMs) this.#park(guest);
    }
    this.#dispatch();
  }
}
