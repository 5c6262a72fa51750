import {
  type AnsweredCall,
  type FileSystem,
  type HostAnswer,
  type HostCall,
  parseSearchOptions,
  parseVfsPath,
  type RecordedCall,
  SandboxError,
  type StateStore,
  type ToolCaller,
  type ToolSearch,
} from '@org/core';
import pLimit from 'p-limit';
import type { BlobStore } from './blob-store.ts';
import { maxTimerMs } from './bounds.ts';
import { failure, lostAnswer } from './call-failure.ts';
import { callExtension, type ExtensionGate, type ParsedExtension } from './extensions.ts';
import type { RunEvent } from './run-event.ts';
import { type Carrying, type Settled, ToolCalls, type ToolCallsParts } from './tool-calls.ts';

/** What a program's host functions act on. */
export interface HostPorts {
  readonly tools: ToolCaller;
  readonly files: FileSystem;
  readonly state: StateStore;
  readonly search: ToolSearch;
  /** The embedder's own, by name. */
  readonly extensions: ReadonlyMap<string, ParsedExtension>;
  readonly onExtensionCall?: ExtensionGate;
}

/** No argument is decoded beyond this; the ports have lower caps of their own. */
const maxTextBytes = 64 * 1024 * 1024;

/** Reads under way at one time; each has its answer in memory. */
const parallelReads = 16;

function sleep(ms: number, signal: AbortSignal): Promise<string> {
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
  readonly parallelToolCalls: number;
  readonly before: ToolCallsParts['before'];
}

export interface CarryingOut extends Carrying {
  /** Of its arguments. */
  readonly bytes: number;
  /** Of a timer: what is left of it, in milliseconds. */
  readonly leftMs: () => number;
}

/** Carries out the host calls of one run. */
export class HostCalls {
  readonly #ports: HostPorts;
  readonly #runId: string;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #reads = pLimit(parallelReads);
  readonly #blobs: BlobStore;
  /** One at a time: each answer is counted before the next one is made. */
  readonly #reading = pLimit(1);
  readonly tools: ToolCalls;

  constructor(ports: HostPorts, { parallelToolCalls, ...parts }: RunParts) {
    this.#ports = ports;
    this.#runId = parts.runId;
    this.#blobs = parts.blobs;
    this.#limit = pLimit(parallelToolCalls);
    this.tools = new ToolCalls({ ...parts, tools: ports.tools, limit: this.#limit });
  }

  /** Whether calls of this name leave the host, so that they can be sent and not be answered. */
  leaves(name: string): boolean {
    return name === 'callTool' || this.#ports.extensions.has(name);
  }

  /** Never rejects. */
  async carryOut(call: HostCall, carrying: CarryingOut): Promise<Settled> {
    if (carrying.bytes > maxTextBytes) {
      const message = 'The arguments of this call are over 64 MiB.';
      return { answer: failure(new SandboxError('PARAMS_TOO_LARGE', message)) };
    }
    if (call.name === 'callTool') return this.tools.carryOut(call, carrying);
    try {
      if (carrying.ready !== undefined && !(await carrying.ready)) {
        return { answer: { ok: false, error: JSON.stringify(lostAnswer) } };
      }
      return { answer: await this.#answer(call, carrying) };
    } catch (error) {
      return { answer: failure(error) };
    }
  }

  /**
   * Answers a call as a recorded one was. Never rejects.
   * @param redo carry it out as well
   */
  async repeat(
    call: HostCall,
    recorded: RecordedCall & Pick<AnsweredCall, 'answer'>,
    redo: boolean,
    carrying: CarryingOut,
  ): Promise<Settled> {
    try {
      if (call.name === 'callTool') return this.tools.repeat(call, recorded);
    } catch (error) {
      return { answer: failure(error) };
    }
    const redone = redo ? await this.carryOut(call, carrying) : undefined;
    return { answer: redone?.answer.ok === false ? redone.answer : recorded.answer };
  }

  async #answer(
    { name, args }: HostCall,
    { signal, onSent, leftMs }: CarryingOut,
  ): Promise<HostAnswer> {
    const { files, state, search } = this.#ports;
    const [first = '', second = ''] = args;
    switch (name) {
      case 'readFile':
        return this.#read(signal, () => files.readFile(parseVfsPath(first)));
      case 'writeFile':
        await files.writeFile(parseVfsPath(first), second);
        return { ok: true, text: '' };
      case 'listFiles':
        return this.#read(signal, async () =>
          JSON.stringify(await files.listFiles(parseVfsPath(first))),
        );
      case 'getState':
        return this.#read(signal, async () => (await state.get(first)) ?? '');
      case 'setState':
        await state.set(first, second);
        return { ok: true, text: '' };
      case 'searchTools':
        return this.#read(signal, async () =>
          JSON.stringify(await search(first, parseSearchOptions(second))),
        );
      case 'readBlob':
        return this.#reading(() => ({
          ok: true,
          text: signal.aborted ? '' : this.#blobs.read(first),
        }));
      case 'sleep':
        return { ok: true, text: await sleep(leftMs(), signal) };
      default:
        return { ok: true, text: await this.#callExtension(name, first, { signal, onSent }) };
    }
  }

  /**
   * A few at a time, so that what was read is counted, and a run over its memory has ended, before
   * much more is read.
   */
  #read(signal: AbortSignal, read: () => Promise<string>): Promise<HostAnswer> {
    return this.#reads(async () => ({ ok: true, text: signal.aborted ? '' : await read() }));
  }

  /** Extensions share the limit of parallel calls with tools. */
  #callExtension(name: string, args: string, { signal, onSent }: Carrying): Promise<string> {
    const extension = this.#ports.extensions.get(name);
    if (extension === undefined) {
      // Of a program that was frozen in a sandbox which had it.
      throw new SandboxError('UNAVAILABLE_IN_SANDBOX', `This sandbox has no extension ${name}.`);
    }
    return this.#limit(() => {
      if (!signal.aborted) onSent();
      const context = { signal, runId: this.#runId };
      return callExtension(name, extension, args, context, this.#ports.onExtensionCall);
    });
  }
}
