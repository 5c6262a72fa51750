import { type Profiler, Session } from 'node:inspector';

/** Source whose reach counts. */
const own = /\/packages\/[^/]+\/(?:src|dist)\//u;

interface Reached {
  /** For each character of the function, whether it has run. */
  readonly characters: Uint8Array;
  /** Where V8 has begun a block, as an index into `characters`. */
  readonly blocks: Set<number>;
}

/** Characters that ran for the first time, by function. */
type News = readonly { readonly characters: Uint8Array; readonly places: readonly number[] }[];

/**
 * How far this process has got in its own packages, by V8's precise coverage of blocks. Only one may
 * be open in a process: V8 counts once, and each look begins anew.
 */
export class Coverage implements Disposable {
  readonly #session = new Session();
  readonly #functions = new Map<string, Reached>();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What has run since the last look and never before; from now on it counts as having run. */
  look(): News {
    const { result } = this.#post('Profiler.takePreciseCoverage') as {
      readonly result: readonly Profiler.ScriptCoverage[];
    };
    return result
      .filter(({ url }) => own.test(url))
      .flatMap(({ scriptId, functions }) => functions.flatMap((one) => this.#add(scriptId, one)));
  }

  /** Takes back what a look has found, to see which of several inputs it came from. */
  forget(news: News): void {
    for (const { characters, places } of news) for (const place of places) characters[place] = 0;
  }

  /** Blocks of the functions that ran: those that are known to V8, and those that ran. */
  get blocks(): { readonly known: number; readonly reached: number } {
    let [known, reached] = [0, 0];
    for (const { characters, blocks } of this.#functions.values()) {
      known += blocks.size;
      for (const start of blocks) reached += characters[start] ?? 0;
    }
    return { known, reached };
  }

  #add(script: string, { ranges }: Profiler.FunctionCoverage): News {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) return [];
    const { startOffset: from, endOffset: to } = whole;
    const ran = new Uint8Array(to - from);
    const key = `${script}:${from}:${to}`;
    const { characters, blocks } = this.#functions.get(key) ?? {
      characters: new Uint8Array(to - from),
      blocks: new Set(),
    };
    this.#functions.set(key, { characters, blocks });
    // Outer ranges come before those within them.
    for (const { startOffset, endOffset, count } of ranges) {
      blocks.add(startOffset - from);
      ran.fill(count > 0 ? 1 : 0, startOffset - from, endOffset - from);
    }
    const places: number[] = [];
    for (const [place, one] of ran.entries()) {
      if (one === 0 || characters[place] === 1) continue;
      characters[place] = 1;
      places.push(place);
    }
    return places.length === 0 ? [] : [{ characters, places }];
  }

  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    // A session with its own thread answers before it returns.
    this.#session.post(method, params, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}
