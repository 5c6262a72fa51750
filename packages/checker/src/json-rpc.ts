import type { Readable, Writable } from 'node:stream';

/** Of one message, in bytes. A child that sends more is broken. */
const maxMessageBytes = 64 * 1024 * 1024;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Answers what the other side asks. Must not reject. */
export type Answer = (method: string, params: unknown) => Promise<unknown>;

/** JSON-RPC 2.0 in the frames of the Language Server Protocol (its "base protocol"), both ways. */
export class JsonRpc {
  readonly #out: Writable;
  readonly #answer: Answer;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Bytes that must be there before it is worth looking again. */
  #wanted = 1;
  #lastId = 0;

  /** @param onBroken called when what comes in is no such message; nothing more is read then */
  constructor(input: Readable, out: Writable, answer: Answer, onBroken: () => void) {
    this.#out = out;
    this.#answer = answer;
    input.on('data', (chunk: Buffer) => {
      try {
        this.#read(chunk);
      } catch {
        input.removeAllListeners('data').resume();
        onBroken();
      }
    });
  }

  /** Rejects with the other side's message, or with what `end` was given. */
  request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const reply = Promise.withResolvers<unknown>();
    this.#waiting.set(id, reply);
    this.#send({ id, method, params });
    return reply.promise;
  }

  /** Rejects all that waits. */
  end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #send(message: Message): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.#out.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#out.write(body);
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    let rest = Buffer.concat(this.#chunks);
    for (;;) {
      const start = rest.indexOf('\r\n\r\n') + 4;
      if (start < 4) {
        this.#wanted = rest.length + 1;
        break;
      }
      const length = Number(
        /^Content-Length: (\d{1,9})$/im.exec(rest.toString('latin1', 0, start))?.[1],
      );
      if (!(length <= maxMessageBytes)) throw new Error('The message has no length, or too much.');
      this.#wanted = start + length;
      if (rest.length < this.#wanted) break;
      this.#receive(JSON.parse(rest.toString('utf8', start, this.#wanted)));
      rest = rest.subarray(this.#wanted);
    }
    this.#chunks = [rest];
    this.#bytes = rest.length;
  }

  #receive({ id, method, params, result, error }: Message): void {
    if (method !== undefined) {
      if (id === undefined) return;
      void this.#answer(method, params).then((answer) => this.#send({ id, result: answer }));
      return;
    }
    const reply = this.#waiting.get(id as number);
    this.#waiting.delete(id as number);
    if (error === undefined) reply?.resolve(result);
    else reply?.reject(new Error(error.message));
  }
}
