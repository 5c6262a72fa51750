import { LRUCache } from 'lru-cache';

/** Where results are kept, as JSON text. What is kept under one server is dropped together. */
export interface ResultStore {
  get(server: string, key: string): Promise<string | undefined>;
  /** May keep nothing. */
  set(server: string, key: string, json: string, ttlMs: number): Promise<void>;
  drop(server: string): Promise<void>;
}

export interface ResultStoreBounds {
  readonly entries: number;
  /** Of keys and texts, at two bytes a character. An eighth of it is the most for one entry. */
  readonly bytes: number;
}

const defaultResultBounds: ResultStoreBounds = Object.freeze({
  entries: 1_000,
  bytes: 64 * 1024 * 1024,
});

const ofEntry = 200;

/** In memory; what was used longest ago goes first. */
export function memoryResults(bounds: ResultStoreBounds = defaultResultBounds): ResultStore {
  const results = new LRUCache<string, string>({
    max: bounds.entries,
    maxSize: bounds.bytes,
    maxEntrySize: Math.max(1, Math.floor(bounds.bytes / 8)),
    sizeCalculation: (json, key) => (json.length + key.length) * 2 + ofEntry,
  });
  // No server's name has a control character.
  const prefix = (server: string) => `${server}\n`;
  return {
    get: async (server, key) => results.get(prefix(server) + key),
    set: async (server, key, json, ttlMs) => {
      results.set(prefix(server) + key, json, { ttl: ttlMs });
    },
    drop: async (server) => {
      const begin = prefix(server);
      for (const key of [...results.keys()]) if (key.startsWith(begin)) results.delete(key);
    },
  };
}
