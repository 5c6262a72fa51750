import type { CallContext, CallOptions, ErrorCode, ToolCall, ToolCallOutcome } from '@org/core';
import { type AuditFileOptions, RotatedFile } from './rotated-file.ts';
import type { Answered, Verdict } from './verdict.ts';

/** What is kept of one call: who, what, how it ended. No arguments, no results, no messages. */
export interface AuditRecord extends CallContext {
  /** When the call was answered, ISO 8601 in UTC. */
  readonly time: string;
  /** Of these two, as the program wrote them, at most 256 characters. */
  readonly server: string;
  readonly tool: string;
  /**
   * BLAKE3 of the canonical arguments as the program made them, hex; tokens of a filter are in it,
   * not what they stand for. Missing where the arguments are no JSON or over 1 MiB.
   */
  readonly argsDigest?: string;
  readonly status: ToolCallOutcome['status'];
  readonly ms: number;
  /** Of the answer as it reached the program, as JSON in UTF-8. */
  readonly bytes: number;
  readonly cached: boolean;
  readonly code?: ErrorCode;
  /**
   * What decided: allow, ask or deny, and why; for a call that a person approved also how and who.
   * `ask` with the code `NOT_ALLOWED`: the person said no. Missing where the call failed before.
   */
  readonly policy?: Verdict;
}

/** In the place of records that could not be kept. */
export interface AuditGap {
  readonly time: string;
  /** Records that are missing before this line. */
  readonly lost: number;
}

export interface Audit extends AsyncDisposable {
  /** Never throws and never waits. */
  record(call: ToolCall, context: CallContext, answered: Answered, ms: number): void;
  /** Writes what is waiting, for at most a second. Records after it are lost. */
  close(): Promise<void>;
}

export interface AuditOptions extends AuditFileOptions {
  /** Told once when the file can't be written, and again when it fails after it worked. */
  readonly onProblem?: (message: string) => void;
  /** Records that may wait for the disk; further ones are lost, and counted. Default 10,000. */
  readonly waiting?: number;
}

interface Waiting {
  readonly paramsJson: string;
  readonly record: AuditRecord;
}

const longestName = 256;
const maxDigestCharacters = 1024 * 1024;
/** Of arguments that wait to be hashed. */
const maxWaitingCharacters = 16 * 1024 * 1024;
const batchRecords = 256;
const closingMs = 1_000;

/** Appends one line of JSON for each call to a file that only its owner can read. */
export function createAudit(options: AuditOptions): Audit {
  return new AuditFile(options);
}

class AuditFile implements Audit {
  readonly #file: RotatedFile;
  readonly #onProblem: (message: string) => void;
  readonly #most: number;
  #waiting: Waiting[] = [];
  #characters = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;
  #failing = false;
  #closed = false;

  constructor(options: AuditOptions) {
    this.#file = new RotatedFile(options);
    this.#onProblem = options.onProblem ?? (() => {});
    this.#most = options.waiting ?? 10_000;
  }

  record(call: ToolCall, context: CallContext, answered: Answered, ms: number): void {
    const isFull = this.#waiting.length >= this.#most || this.#characters > maxWaitingCharacters;
    if (this.#closed || isFull) {
      this.#lost++;
      return;
    }
    const paramsJson = call.paramsJson.length > maxDigestCharacters ? '' : call.paramsJson;
    this.#characters += paramsJson.length;
    this.#waiting.push({ paramsJson, record: recordOf(call, context, answered, ms) });
    // Hashing and writing come when the call's answer is on its way.
    this.#writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
      this.#drain(),
    );
  }

  async #drain(): Promise<void> {
    // Hashing takes 10 ms to load, which a program that calls nothing should not wait for.
    const { digestOf } = await import('./args-digest.ts');
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchRecords);
      const lost = this.#lost;
      const lines = batch.map(({ record, paramsJson }) => line(record, digestOf(paramsJson)));
      for (const { paramsJson } of batch) this.#characters -= paramsJson.length;
      if (lost > 0) lines.unshift(gap(lost));
      try {
        await this.#file.append(lines.join(''));
        this.#lost -= lost;
        this.#failing = false;
      } catch (error) {
        this.#lost += batch.length;
        this.#tell(error);
      }
    }
    this.#writing = undefined;
  }

  #tell(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const { code, message } = error as NodeJS.ErrnoException;
    try {
      this.#onProblem(`Cannot write the audit file ${this.#file.path}: ${code ?? message}.`);
    } catch {
      // A report that fails must not end the writing.
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, closingMs);
    await Promise.race([this.#finish(), promise]);
    clearTimeout(timer);
  }

  async #finish(): Promise<void> {
    await this.#writing;
    try {
      if (this.#lost > 0 && !this.#failing) await this.#file.append(gap(this.#lost));
      await this.#file.close();
    } catch (error) {
      this.#tell(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const gap = (lost: number) => `${JSON.stringify({ time: now(), lost } satisfies AuditGap)}\n`;

const now = (): string => new Date().toISOString();

function recordOf(
  call: ToolCall,
  { runId, session, principal }: CallContext,
  { outcome, verdict }: Answered,
  ms: number,
): AuditRecord {
  const done = outcome.status === 'done';
  return {
    time: now(),
    ...(runId !== undefined && { runId }),
    ...(session !== undefined && { session }),
    ...(principal !== undefined && { principal }),
    server: call.server.slice(0, longestName).toWellFormed(),
    tool: call.tool.slice(0, longestName).toWellFormed(),
    status: outcome.status,
    ms: Math.round(ms * 10) / 10,
    bytes: done ? Buffer.byteLength(outcome.json) : 0,
    cached: done && outcome.cached,
    ...(!done && { code: outcome.error.code }),
    ...(verdict !== undefined && { policy: verdict }),
  };
}

function line(record: AuditRecord, argsDigest: string | undefined): string {
  return `${JSON.stringify({ ...record, ...(argsDigest !== undefined && { argsDigest }) })}\n`;
}

/** `callTool` with a record of each call. */
export function auditCalls<Options extends CallOptions>(
  audit: Audit,
  callTool: (call: ToolCall, options: Options) => Promise<Answered>,
): typeof callTool {
  return async (call, options) => {
    const started = performance.now();
    const answered = await callTool(call, options);
    audit.record(call, options.context ?? {}, answered, performance.now() - started);
    return answered;
  };
}

/** The records of an audit file's text. A line that was torn by a crash is left out. */
export function readAudit(text: string): (AuditRecord | AuditGap)[] {
  return text.split('\n').flatMap((row) => {
    if (row === '') return [];
    try {
      return [JSON.parse(row) as AuditRecord | AuditGap];
    } catch {
      return [];
    }
  });
}
