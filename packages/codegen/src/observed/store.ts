import type { ServerId } from '@org/core';

/**
 * Port: where observed types are kept, as one text for each server. What the texts mean is up to
 * `createObservedTypes`.
 */
export interface ObservedStore {
  /** Undefined where nothing is kept. */
  read(server: ServerId): Promise<string | undefined>;
  /**
   * Replaces the text by what `change` makes of it; undefined removes it. No change of anybody comes
   * between, so `change` may be called several times; its last result counts.
   */
  update(server: ServerId, change: (text: string | undefined) => string | undefined): Promise<void>;
}

/** In the memory of this process. */
export function memoryObservedStore(): ObservedStore {
  const texts = new Map<ServerId, string>();
  return {
    read: async (server) => texts.get(server),
    update: async (server, change) => {
      const text = change(texts.get(server));
      if (text === undefined) texts.delete(server);
      else texts.set(server, text);
    },
  };
}
