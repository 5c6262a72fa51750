import type { WriteStream } from 'node:tty';
import { elapsed } from './amounts.ts';
import { plainLine } from './plain-text.ts';

/** What is over sooner is not worth a line. */
const delayMs = 300;
const frameMs = 100;
const brailleFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const plainFrames = ['-', '\\', '|', '/'];

type Stream = Pick<WriteStream, 'write' | 'isTTY' | 'columns'>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The last line of a terminal, while something takes long: what, and since when. Whatever is written
 * meanwhile comes above it. Shows nothing where there is no terminal, in CI and where `TERM` is dumb.
 */
export class StatusLine implements Disposable {
  readonly #stream: Stream;
  readonly #frames: readonly string[];
  readonly #isAble: boolean;
  readonly #others: readonly Stream[];
  #words: (() => string) | undefined;
  readonly #awaited = new Set<string>();
  #since = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;
  #holds = 0;
  #release: (() => void)[] = [];

  /** @param others what writes to the same terminal */
  constructor(
    stream: Stream,
    { env = process.env, others = [process.stdout] }: StatusLineOptions = {},
  ) {
    const { CI = '', TERM, LC_ALL, LC_CTYPE, LANG } = env;
    this.#stream = stream;
    this.#others = others;
    this.#isAble = stream.isTTY === true && TERM !== 'dumb' && (CI === '' || CI === 'false');
    const isUnicode = /utf-?8/iu.test(LC_ALL || LC_CTYPE || LANG || '');
    this.#frames = isUnicode ? brailleFrames : plainFrames;
  }

  /** From now on, in place of what was shown before. @param words what is done, such as `checking` */
  show(words: () => string): void {
    this.#words = words;
    this.#since = performance.now();
    if (!this.#isAble || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#draw(), frameMs).unref();
    process.on('exit', this.#clear);
  }

  /** Says so too, until it is disposed of. @param name what is waited for, such as a server */
  waitFor(name: string): Disposable {
    this.#awaited.add(name);
    return { [Symbol.dispose]: () => void this.#awaited.delete(name) };
  }

  /** Keeps the terminal still until it is disposed of, such as for a question. */
  hold(): Disposable {
    this.#clear();
    this.#holds++;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#holds--;
        isOver = true;
      },
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.off('exit', this.#clear);
    this.#clear();
  }

  #draw(): void {
    const ms = performance.now() - this.#since;
    if (ms < delayMs || this.#holds > 0 || this.#words === undefined) return;
    this.#clear();
    const frame = this.#frames[this.#frame++ % this.#frames.length];
    const room = Math.max(20, (this.#stream.columns || 80) - 1);
    const time = elapsed(ms);
    // The time is never cut off: it is what shows that something goes on.
    const awaited =
      this.#awaited.size === 0 ? '' : `, waiting for ${[...this.#awaited].join(', ')}`;
    const words = `${frame} ${plainLine(this.#words() + awaited)}`.slice(0, room - time.length - 1);
    this.#stream.write(`${words} ${time}`);
    this.#isShown = true;
    this.#release = [this.#stream, ...this.#others].flatMap((one) => this.#guard(one) ?? []);
  }

  readonly #clear = (): void => {
    for (const release of this.#release) release();
    this.#release = [];
    if (this.#isShown) this.#stream.write('\r\u001b[K');
    this.#isShown = false;
  };

  /** Has the line taken away before the next text of this stream is written. */
  #guard(stream: Stream): (() => void) | undefined {
    if (!stream.isTTY) return undefined;
    const { write } = stream;
    const wasOwn = Object.hasOwn(stream, 'write');
    stream.write = ((...args: Parameters<typeof write>) => {
      this.#clear();
      return stream.write(...args);
    }) as typeof write;
    return () => {
      if (wasOwn) stream.write = write;
      else Reflect.deleteProperty(stream, 'write');
    };
  }
}

export interface StatusLineOptions {
  readonly env?: Environment;
  readonly others?: readonly Stream[];
}
