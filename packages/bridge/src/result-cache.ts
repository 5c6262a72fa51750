import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  canonicalJson,
  type JsonObject,
  SandboxError,
  type ServerId,
  type ToolCallOutcome,
  type ToolDefinition,
  toCallError,
} from '@org/core';
import type { PutBlob } from './blobs.ts';
import { fromKept, toKept } from './kept-result.ts';
import type { ResultStore } from './result-store.ts';
import { SingleFlight, type Waiter } from './single-flight.ts';

/** How results are reused; which tools' is up to `TrustRules`. */
export interface CacheRules {
  /** A server may say less in its reply (`ttlMs`), not more. Default 60,000. */
  readonly cacheTtlMs?: number;
}

export interface CallForCache {
  /** For whom it is made: nobody else gets its result. */
  readonly principal: string;
  readonly server: ServerId;
  readonly tool: ToolDefinition;
  readonly params: JsonObject;
  /** Which texts of the parameters stand for blobs; sorted. */
  readonly put: readonly PutBlob[];
}

/** An answer of a server. */
export interface Answer {
  readonly outcome: ToolCallOutcome;
  /** How long the server lets it be reused, in milliseconds; left out: it does not say. */
  readonly ttlMs?: number;
}

const defaultTtlMs = 60_000;
const maxTtlMs = 24 * 60 * 60 * 1_000;

/**
 * Results of reads, and one call for equal reads at the same time. What may write drops all results
 * of its server when it begins and when it ends; in between none is reused, and no read that overlaps
 * it is kept, or shared with one that comes after it.
 */
export class ResultCache {
  readonly #store: ResultStore;
  readonly #ttlMs: number;
  readonly #flights = new SingleFlight<Answer>();
  /** How many writes have begun or ended, by server. */
  readonly #epochs = new Map<ServerId, number>();
  readonly #writing = new Map<ServerId, number>();

  /** @throws SandboxError `USAGE`: a time that is no whole number from 1 to a day */
  constructor(store: ResultStore, { cacheTtlMs = defaultTtlMs }: CacheRules) {
    if (!Number.isSafeInteger(cacheTtlMs) || cacheTtlMs < 1 || cacheTtlMs > maxTtlMs) {
      throw new SandboxError(
        'USAGE',
        `cacheTtlMs must be a whole number from 1 to ${maxTtlMs}, not ${cacheTtlMs}.`,
      );
    }
    this.#store = store;
    this.#ttlMs = cacheTtlMs;
  }

  /** @param send makes the call; it is cancelled when nobody waits for its answer */
  async read(
    call: CallForCache,
    waiter: Waiter,
    send: (signal: AbortSignal, onSent: () => void) => Promise<Answer>,
  ): Promise<ToolCallOutcome> {
    const { server } = call;
    const key = this.#key(call);
    const before = this.#epoch(server);
    const kept = this.#isWriting(server) ? undefined : await this.#kept(server, key);
    const epoch = this.#epoch(server);
    if (kept !== undefined && epoch === before) return fromKept(kept);
    const work = async (shared: AbortSignal, onSent: () => void): Promise<Answer> => {
      const answer = await send(shared, onSent);
      await this.#keep(server, key, answer, epoch);
      return answer;
    };
    const { result, joined } = await this.#flights.join(`${epoch}\n${key}`, waiter, work, () => ({
      outcome: { status: 'unknown', error: toCallError(leftAlone()) },
    }));
    const { outcome } = result;
    return joined && outcome.status === 'done' ? { ...outcome, cached: true } : outcome;
  }

  /** @throws what the store throws, before `work` begins, and what `work` throws */
  async write<Result>(server: ServerId, work: () => Promise<Result>): Promise<Result> {
    this.#count(server, 1);
    await this.#store.drop(server);
    try {
      return await work();
    } finally {
      try {
        await this.#store.drop(server);
        this.#count(server, -1);
      } catch {
        // The write took place. As it never ends here, nothing of its server is reused any more.
      }
    }
  }

  #count(server: ServerId, by: number): void {
    this.#writing.set(server, (this.#writing.get(server) ?? 0) + by);
    this.#epochs.set(server, this.#epoch(server) + 1);
  }

  #isWriting(server: ServerId): boolean {
    return (this.#writing.get(server) ?? 0) > 0;
  }

  #epoch(server: ServerId): number {
    return this.#epochs.get(server) ?? 0;
  }

  /** The definition's digest is in it, so that a changed tool is another one. */
  #key({ principal, server, tool, params, put }: CallForCache): string {
    const parts = [principal, server, tool.name, tool.digest, params, put];
    return bytesToHex(blake3(utf8ToBytes(canonicalJson(parts))));
  }

  async #kept(server: ServerId, key: string): Promise<string | undefined> {
    try {
      return await this.#store.get(server, key);
    } catch {
      return undefined; // A store that fails costs a call, and nothing else.
    }
  }

  async #keep(server: ServerId, key: string, answer: Answer, epoch: number): Promise<void> {
    const { outcome, ttlMs = this.#ttlMs } = answer;
    if (outcome.status !== 'done' || !(ttlMs > 0)) return;
    if (this.#epoch(server) !== epoch || this.#isWriting(server)) return;
    try {
      await this.#store.set(server, key, toKept(outcome), Math.min(Math.ceil(ttlMs), this.#ttlMs));
    } catch {
      // As above.
    }
  }
}

function leftAlone(): SandboxError {
  return new SandboxError('ABORTED', 'The call was cancelled while it was under way.');
}
