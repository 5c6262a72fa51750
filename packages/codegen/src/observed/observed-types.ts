import {
  type JsonObject,
  type JsonValue,
  type ResultObserver,
  type ServerCatalog,
  type ServerId,
  type ToolDefinition,
  type ToolName,
  typeMoveText,
} from '@org/core';
import { isUnknown } from './kind-names.ts';
import {
  mergeObservations,
  type Observation,
  type Observations,
  observationKey,
  observationsText,
  parseObservations,
} from './observations.ts';
import { bounded, nothing, type Shape } from './shape.ts';
import { shapeMoves } from './shape-moves.ts';
import { shapeSchema } from './shape-schema.ts';
import type { ObservedStore } from './store.ts';
import { shapeOf, widen } from './widen.ts';

/** The type of a tool's results as far as results were seen. */
export interface ObservedType {
  readonly schema: JsonObject;
  /** Number of results that it was made of. */
  readonly results: number;
}

/** What is kept of a tool, or of an earlier definition of it. */
export interface KnownType extends ObservedType {
  readonly tool: string;
  /** Of the definition. */
  readonly digest: string;
  /** When the last result was seen: ISO 8601 in UTC. */
  readonly seen: string;
}

/** What a server's tools answered so far, by the tools' names. */
export type ObservedTypesOf = ReadonlyMap<ToolName, ObservedType>;

export interface ObservedTypesOptions {
  readonly store: ObservedStore;
  /** Told when types cannot be read or kept; results are never held up by it. Must not throw. */
  readonly onProblem?: (message: string) => void;
}

/** Learns the types of results from results. Made by `createObservedTypes`. */
export interface ObservedTypes extends ResultObserver {
  /** Of those tools of `catalog` that declare no `outputSchema` and were seen with this definition. */
  typesOf(catalog: ServerCatalog): Promise<ObservedTypesOf>;
  /** All that is kept of `server`, by tool; connects to nothing. */
  list(server: ServerId): Promise<readonly KnownType[]>;
  /**
   * What is kept is forgotten; what comes later is kept again.
   * @returns how many tools' types there were
   */
  forget(server: ServerId, matches: (tool: string) => boolean): Promise<number>;
  /** Keeps what was seen since the last time. Never rejects. */
  flush(): Promise<void>;
}

/** One definition of a tool. */
interface Entry {
  readonly tool: ToolDefinition;
  /** All that is known. */
  shape: Shape;
  results: number;
  /** What the agent's type says. */
  published: Shape;
  publishedResults: number;
  /** Results that the store does not have yet. */
  news: number;
}

/**
 * Shapes of results, for each definition of a tool: a changed definition begins anew. They hold names
 * of members and JSON types, no values.
 */
export function createObservedTypes(options: ObservedTypesOptions): ObservedTypes {
  return new Learning(options);
}

class Learning implements ObservedTypes {
  readonly #store: ObservedStore;
  readonly #onProblem: (message: string) => void;
  readonly #kept = new Map<ServerId, Promise<Observations>>();
  readonly #entries = new Map<ServerId, Map<string, Entry>>();
  #flushing: Promise<void> = Promise.resolve();

  constructor({ store, onProblem = () => {} }: ObservedTypesOptions) {
    this.#store = store;
    this.#onProblem = onProblem;
  }

  onCall(server: ServerId, tool: ToolDefinition): void {
    if (tool.outputSchema === undefined) void this.#read(server);
  }

  async onResult(
    server: ServerId,
    tool: ToolDefinition,
    value: JsonValue,
  ): Promise<string | undefined> {
    if (tool.outputSchema !== undefined) return undefined;
    const entry = this.#entry(server, tool, await this.#read(server));
    entry.results++;
    entry.news++;
    const { shape: known, published } = entry;
    const shape = widen(known, value);
    if (shape !== known) entry.shape = bounded(shape);
    if (isUnknown(published) || shape === published) return undefined;
    const moves = shapeMoves(published, shapeOf(value));
    if (moves.length === 0) return undefined;
    const origin = `observed ${entry.publishedResults}`;
    const words = typeMoveText({ server, tool: tool.name }, moves, origin);
    return `${words} The type has been widened.`;
  }

  async typesOf({ server, tools }: ServerCatalog): Promise<ObservedTypesOf> {
    const kept = await this.#read(server);
    const types = new Map<ToolName, ObservedType>();
    for (const tool of tools) {
      if (tool.outputSchema !== undefined) continue;
      const entry = this.#entry(server, tool, kept);
      entry.published = entry.shape;
      entry.publishedResults = entry.results;
      const { shape, results } = entry;
      if (results > 0) types.set(tool.name, { schema: shapeSchema(shape), results });
    }
    return types;
  }

  #entry(server: ServerId, tool: ToolDefinition, kept: Observations): Entry {
    let entries = this.#entries.get(server);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(server, entries);
    }
    const key = observationKey(tool.name, tool.digest);
    let entry = entries.get(key);
    if (entry === undefined) {
      const { shape, results } = kept.get(key) ?? { shape: nothing, results: 0 };
      const published = { published: shape, publishedResults: results };
      entry = { tool, shape, results, ...published, news: 0 };
      entries.set(key, entry);
    }
    return entry;
  }

  #read(server: ServerId): Promise<Observations> {
    let kept = this.#kept.get(server);
    if (kept === undefined) {
      kept = this.#store.read(server).then(
        (text) => this.#parse(server, text),
        (error) => {
          this.#tell(`The observed types of ${JSON.stringify(server)} cannot be read`, error);
          return new Map();
        },
      );
      this.#kept.set(server, kept);
    }
    return kept;
  }

  #parse(server: ServerId, text: string | undefined): Observations {
    if (text === undefined) return new Map();
    const observations = parseObservations(text);
    if (observations !== undefined) return observations;
    this.#tell(
      `The observed types of ${JSON.stringify(server)} are not what was written; they begin anew`,
    );
    return new Map();
  }

  async list(server: ServerId): Promise<readonly KnownType[]> {
    return [...(await this.#read(server)).values()].map(({ shape, ...rest }) => ({
      ...rest,
      schema: shapeSchema(shape),
    }));
  }

  async forget(server: ServerId, matches: (tool: string) => boolean): Promise<number> {
    let forgotten = 0;
    await this.#store.update(server, (text) => {
      const all = text === undefined ? new Map() : (parseObservations(text) ?? new Map());
      const left = new Map([...all].filter(([, { tool }]) => !matches(tool)));
      forgotten = all.size - left.size;
      return observationsText(left);
    });
    this.#kept.delete(server);
    this.#entries.delete(server);
    return forgotten;
  }

  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      await Promise.all([...this.#entries].map(([server, entries]) => this.#keep(server, entries)));
    });
    return this.#flushing;
  }

  async #keep(server: ServerId, entries: ReadonlyMap<string, Entry>): Promise<void> {
    const news = new Map<string, Observation>();
    const seen = new Date().toISOString();
    for (const [key, { tool, shape, news: results }] of entries) {
      if (results === 0) continue;
      news.set(key, { tool: tool.name, digest: tool.digest, results, shape, seen });
    }
    if (news.size === 0) return;
    const count = (sign: 1 | -1) => {
      for (const [key, { results }] of news) (entries.get(key) as Entry).news += sign * results;
    };
    count(-1);
    try {
      await this.#store.update(server, (text) => {
        const kept = (text === undefined ? undefined : parseObservations(text)) ?? new Map();
        return observationsText(mergeObservations(kept, news));
      });
    } catch (error) {
      count(1);
      this.#tell(`The observed types of ${JSON.stringify(server)} cannot be kept`, error);
    }
  }

  #tell(message: string, error?: unknown): void {
    const { code, message: words } = (error ?? {}) as NodeJS.ErrnoException;
    const why = code ?? words;
    this.#onProblem(`${message}${why === undefined ? '' : `: ${why}`}.`);
  }
}
