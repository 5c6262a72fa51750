import {
  type CallRecord,
  type FileSystem,
  parseSearchOptions,
  parseVfsPath,
  SandboxError,
  type StateStore,
  type ToolCaller,
  type ToolSearch,
  toCallError,
} from '@org/core';
import pLimit from 'p-limit';
import type { BlobStore } from './blob-store.ts';
import { maxTimerMs } from './bounds.ts';
import { callExtension, type Extension } from './extensions.ts';
import { type Frame, fieldText } from './frames.ts';
import type { RunEvent } from './run-event.ts';

/** What a program's host functions act on. */
export interface HostPorts {
  readonly tools: ToolCaller;
  readonly files: FileSystem;
  readonly state: StateStore;
  readonly search: ToolSearch;
  /** Timers run out at once: the order of a recorded run's answers decides when they count. */
  readonly instantTimers?: boolean;
  /** The embedder's own, by name. */
  readonly extensions: ReadonlyMap<string, Extension['call']>;
}

/** An answer for the guest: its text, or the JSON of a `CallError`. */
export type Answer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

export const textOf = (answer: Answer): string => (answer.ok ? answer.text : answer.error);

/** No argument is decoded beyond this; the ports have lower caps of their own. */
const maxTextBytes = 64 * 1024 * 1024;

/** Reads under way at one time; each has its answer in memory. */
const parallelReads = 16;

/** Reason of an abort that takes a call back which was not sent: it shall be made again later. */
export const withdrawn = Symbol('withdrawn');

function failure(error: unknown): Answer {
  return { ok: false, error: JSON.stringify(toCallError(error)) };
}

function sleep(text: string, signal: AbortSignal): Promise<string> {
  const ms = Number(text);
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, ms > 0 ? Math.min(ms, maxTimerMs) : 0, '');
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return promise;
}

/** What a run and its calls share. */
interface RunParts {
  readonly runId: string;
  readonly blobs: BlobStore;
  readonly tell: (event: RunEvent) => void;
}

/** Carries out the host calls of one run, and keeps the record of its tool calls. */
export class HostCalls {
  readonly #ports: HostPorts;
  readonly #runId: string;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #reads = pLimit(parallelReads);
  readonly #tell: (event: RunEvent) => void;
  readonly #warned = new Set<string>();
  readonly #blobs: BlobStore;
  /** One at a time: each answer is counted before the next one is made. */
  readonly #reading = pLimit(1);
  readonly #records: CallRecord[];
  readonly #unsettled = new Set<Promise<unknown>>();
  #bytesFromTools: number;
  #count: number;

  /** @param before what the run had on record when it was frozen */
  constructor(
    ports: HostPorts,
    { runId, blobs, tell }: RunParts,
    parallelToolCalls: number,
    before: { readonly calls: readonly CallRecord[]; readonly bytesFromTools: number } = {
      calls: [],
      bytesFromTools: 0,
    },
  ) {
    this.#ports = ports;
    this.#runId = runId;
    this.#limit = pLimit(parallelToolCalls);
    this.#tell = tell;
    this.#blobs = blobs;
    this.#records = [...before.calls];
    this.#count = this.#records.length;
    this.#bytesFromTools = before.bytesFromTools;
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

  /** Waits until every tool call has an outcome, at most `ms`. Abort their signals before. */
  async settle(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([Promise.allSettled(this.#unsettled), promise]);
    clearTimeout(timer);
  }

  /**
   * Never rejects. When `signal` aborts, the answer is of no interest any more.
   * @param onSent called when it is too late to withdraw the call
   */
  async carryOut(frame: Frame, signal: AbortSignal, onSent: () => void): Promise<Answer> {
    if (frame.text.length > maxTextBytes) {
      return failure(
        new SandboxError('PARAMS_TOO_LARGE', 'The arguments of this call are over 64 MiB.'),
      );
    }
    const argument = (index: number) => fieldText(frame, index + 1);
    const { files, state, search, instantTimers } = this.#ports;
    try {
      switch (fieldText(frame, 0)) {
        case 'callTool':
          return await this.#callTool(argument(0), argument(1), argument(2), signal, onSent);
        case 'readFile':
          return await this.#read(signal, () => files.readFile(parseVfsPath(argument(0))));
        case 'writeFile':
          await files.writeFile(parseVfsPath(argument(0)), argument(1));
          return { ok: true, text: '' };
        case 'listFiles':
          return await this.#read(signal, async () =>
            JSON.stringify(await files.listFiles(parseVfsPath(argument(0)))),
          );
        case 'getState':
          return await this.#read(signal, async () => (await state.get(argument(0))) ?? '');
        case 'setState':
          await state.set(argument(0), argument(1));
          return { ok: true, text: '' };
        case 'searchTools':
          return await this.#read(signal, async () =>
            JSON.stringify(await search(argument(0), parseSearchOptions(argument(1)))),
          );
        case 'readBlob':
          return await this.#reading(() => ({
            ok: true,
            text: signal.aborted ? '' : this.#blobs.read(argument(0)),
          }));
        case 'sleep':
          return { ok: true, text: await sleep(instantTimers ? '0' : argument(0), signal) };
        default:
          return await this.#callExtension(fieldText(frame, 0), argument(0), signal, onSent);
      }
    } catch (error) {
      return failure(error);
    }
  }

  /**
   * A few at a time, so that what was read is counted, and a run over its memory has ended, before
   * much more is read.
   */
  #read(signal: AbortSignal, read: () => Promise<string>): Promise<Answer> {
    return this.#reads(async () => ({ ok: true, text: signal.aborted ? '' : await read() }));
  }

  /** Extensions share the limit of parallel calls with tools. */
  async #callExtension(
    name: string,
    argsText: string,
    signal: AbortSignal,
    onSent: () => void,
  ): Promise<Answer> {
    const call = this.#ports.extensions.get(name);
    if (call === undefined) {
      // Of a program that was frozen in a sandbox which had it.
      throw new SandboxError('UNAVAILABLE_IN_SANDBOX', `This sandbox has no extension ${name}.`);
    }
    const text = await this.#limit(() => {
      if (!signal.aborted) onSent();
      return callExtension(name, call, argsText, { signal, runId: this.#runId });
    });
    return { ok: true, text };
  }

  async #callTool(
    server: string,
    tool: string,
    paramsJson: string,
    signal: AbortSignal,
    onSent: () => void,
  ): Promise<Answer> {
    const started = performance.now();
    const index = this.#records.length;
    this.#count++;
    const record = (rest: Pick<CallRecord, 'status' | 'bytes' | 'cached'>) => {
      const ms = Math.round((performance.now() - started) * 10) / 10;
      const entry: CallRecord = {
        server,
        tool,
        status: rest.status,
        ms,
        bytes: rest.bytes,
        cached: rest.cached,
      };
      this.#records[index] = entry;
      return entry;
    };
    // Not sent as long as it waits for a free slot.
    record({ status: 'failed', bytes: 0, cached: false });
    const withdraw = () => {
      if (signal.reason !== withdrawn) return;
      delete this.#records[index];
      this.#count--;
    };
    signal.addEventListener('abort', withdraw, { once: true });
    const work = this.#limit(() => {
      if (!signal.aborted) {
        record({ status: 'unknown', bytes: 0, cached: false });
        onSent();
        const context = { runId: this.#runId };
        const blobs = this.#blobs.of(paramsJson);
        const call = { server, tool, paramsJson, ...(blobs && { blobs }) };
        return this.#ports.tools.callTool(call, { signal, context });
      }
      const error = {
        code: 'ABORTED',
        message: 'The run ended before this call was sent.',
        retryable: false,
      } as const;
      return { status: 'failed', error } as const;
    });
    this.#unsettled.add(work);
    const outcome = await work.finally(() => this.#unsettled.delete(work));
    if (outcome.status === 'done') {
      try {
        if (outcome.blobs !== undefined) this.#blobs.keep(outcome.blobs);
      } catch (error) {
        this.#tell({ type: 'call', call: record({ status: 'failed', bytes: 0, cached: false }) });
        return failure(error);
      }
      const bytes = Buffer.byteLength(outcome.json);
      this.#bytesFromTools += bytes;
      const call = record({ status: 'done', bytes, cached: outcome.cached });
      this.#tell({ type: 'call', call });
      if (outcome.warning !== undefined) this.#warn(`${server}\n${tool}`, outcome.warning);
      return { ok: true, text: outcome.json };
    }
    if (signal.reason !== withdrawn) {
      const call = record({ status: outcome.status, bytes: 0, cached: false });
      this.#tell({ type: 'call', call });
    }
    return { ok: false, error: JSON.stringify(outcome.error) };
  }

  /** Once a tool and run. */
  #warn(tool: string, message: string): void {
    if (this.#warned.has(tool)) return;
    this.#warned.add(tool);
    this.#tell({ type: 'log', log: { level: 'warn', message } });
  }
}
