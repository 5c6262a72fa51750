import { setTimeout as delay } from 'node:timers/promises';
import { exceededBound, frameBounds, isJsonObject } from '@org/core';
import { LineFrames, replyId } from './line-frames.ts';
import { garbled, malformedReplyId, ownReply, tooLarge } from './own-reply.ts';
import { type ProcessEnd, type ServerCommand, ServerProcess } from './server-process.ts';

const endingMs = 500;
/** A line without an end may be this many times the longest reply before the server is dropped. */
const floodFactor = 8;
/** Answers of ours that the server asked for and has not read. */
const maxUnreadAnswerBytes = 256 * 1024;

/**
 * MCP over the stdin and stdout of a child process, as the SDK's client expects a transport.
 * The SDK's own has no process group, no exit code, a `close()` that can take four seconds, and
 * drops the connection on one reply over its cap; this one reads over such a reply.
 */
export class StdioTransport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: unknown) => void) | undefined;
  /** How the process ended, once it has. */
  end: ProcessEnd | undefined;
  /** Why we ended the process ourselves, where we did. */
  dropped: string | undefined;
  readonly #server: ServerCommand;
  readonly #maxFrameBytes: number;
  #starting: Promise<ServerProcess> | undefined;
  #process: ServerProcess | undefined;
  #unreadAnswerBytes = 0;

  constructor(server: ServerCommand, options: { readonly maxFrameBytes: number }) {
    this.#server = server;
    this.#maxFrameBytes = options.maxFrameBytes;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get stderrTail(): string {
    return this.#process?.stderrTail ?? '';
  }

  /** @throws the system's error: the process could not be started */
  async start(): Promise<void> {
    this.#starting = ServerProcess.start(this.#server);
    const child = await this.#starting;
    this.#process = child;
    const frames = new LineFrames(this.#maxFrameBytes, {
      onLine: (text) => this.#receive(text),
      onOversize: (line) => {
        const id = replyId(line);
        if (id === undefined) this.#drop(`it sent a line of ${line.bytes} bytes`);
        else this.#deliver(ownReply(id, tooLarge));
      },
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.dropped !== undefined) return;
      frames.push(chunk);
      if (frames.pendingBytes > this.#maxFrameBytes * floodFactor) {
        this.#drop(`it sent ${frames.pendingBytes} bytes without an end of line`);
      }
    });
    void child.ended.then((end) => {
      this.end = end;
      this.onclose?.();
    });
  }

  async send(message: unknown): Promise<void> {
    const child = this.#process;
    if (child === undefined || this.end !== undefined || this.dropped !== undefined) {
      throw new Error('Not connected');
    }
    const line = `${JSON.stringify(message)}\n`;
    const isAnswer = isJsonObject(message) && !Object.hasOwn(message, 'method');
    const answerBytes = isAnswer ? line.length : 0;
    this.#unreadAnswerBytes += answerBytes;
    if (this.#unreadAnswerBytes > maxUnreadAnswerBytes) {
      this.#drop('it does not read the answers that it asks for');
    }
    const failure = await new Promise<Error | null | undefined>((resolve) => {
      child.stdin.write(line, resolve);
    });
    this.#unreadAnswerBytes -= answerBytes;
    if (!failure) return;
    // It no longer reads because it is about to end: wait for how, so that it can be told.
    await Promise.race([child.ended, delay(endingMs, undefined, { ref: false })]);
    throw failure;
  }

  /** Settles within 2 s, when the process is gone; one that is being started is awaited first. */
  async close(): Promise<void> {
    const child = await this.#starting?.catch(() => undefined);
    await child?.stop();
    await child?.ended;
  }

  #drop(reason: string): void {
    this.dropped ??= reason;
    this.#process?.kill('SIGKILL');
  }

  #receive(text: string): void {
    // Servers print greetings and logs to stdout; only an object can be a message.
    if (!text.trimStart().startsWith('{')) return;
    const exceeded = exceededBound(text, frameBounds);
    if (exceeded !== undefined) {
      const edges = { head: text.slice(0, 512), tail: text.slice(-512), bytes: text.length };
      const id = replyId(edges);
      if (id !== undefined) this.#deliver(ownReply(id, tooLarge));
      return;
    }
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return; // A line of a log that begins with a brace.
    }
    const id = malformedReplyId(message);
    this.#deliver(id === undefined ? message : ownReply(id, garbled));
  }

  #deliver(message: unknown): void {
    try {
      this.onmessage?.(message);
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
