/** What a line was that is too long to be kept. */
export interface OversizeLine {
  readonly head: string;
  readonly tail: string;
  readonly bytes: number;
}

interface LineHandlers {
  onLine(text: string): void;
  onOversize(line: OversizeLine): void;
}

const edgeBytes = 512;

/**
 * Cuts a byte stream into lines of at most `maxBytes`. A longer line is read over: only its
 * edges are kept, so what a server sends in one line never decides how much memory we hold.
 */
export class LineFrames {
  readonly #maxBytes: number;
  readonly #handlers: LineHandlers;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #skipped: { head: Buffer; tail: Buffer; bytes: number } | undefined;

  constructor(maxBytes: number, handlers: LineHandlers) {
    this.#maxBytes = maxBytes;
    this.#handlers = handlers;
  }

  /** Bytes of the line that has not ended yet, those read over included. */
  get pendingBytes(): number {
    return this.#skipped?.bytes ?? this.#bytes;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#append(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
  }

  #append(part: Buffer): void {
    if (this.#skipped !== undefined) {
      this.#skipped.bytes += part.length;
      const headLeft = edgeBytes - this.#skipped.head.length;
      if (headLeft > 0) {
        this.#skipped.head = Buffer.concat([this.#skipped.head, part.subarray(0, headLeft)]);
      }
      this.#skipped.tail = Buffer.from(
        Buffer.concat([this.#skipped.tail, part]).subarray(-edgeBytes),
      );
      return;
    }
    this.#chunks.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= this.#maxBytes) return;
    const line = Buffer.concat(this.#chunks);
    this.#skipped = {
      head: Buffer.from(line.subarray(0, edgeBytes)),
      tail: Buffer.from(line.subarray(-edgeBytes)),
      bytes: this.#bytes,
    };
    this.#chunks = [];
    this.#bytes = 0;
  }

  #finish(): void {
    const skipped = this.#skipped;
    if (skipped !== undefined) {
      this.#skipped = undefined;
      this.#handlers.onOversize({
        head: skipped.head.toString('utf8'),
        tail: skipped.tail.toString('utf8'),
        bytes: skipped.bytes,
      });
      return;
    }
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.#chunks = [];
    this.#bytes = 0;
    this.#handlers.onLine(text);
  }
}

/**
 * The id of the JSON-RPC reply whose edges these are, where it stands at one of them: peers write
 * `{"jsonrpc":…,"id":…,"result":` or `…,"jsonrpc":…,"id":…}`. At the end it can only be the
 * reply's own, because any inner object would be followed by one more brace.
 */
export function replyId(line: OversizeLine): number | undefined {
  const head = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,/.exec(
    line.head,
  );
  const tail = /,\s*"id"\s*:\s*(\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(
    line.tail,
  );
  const digits = head?.[1] ?? tail?.[1];
  return digits === undefined ? undefined : Number(digits);
}
