import { createHash } from 'node:crypto';
import type { ObservedTypesOf } from '@org/codegen';
import type { ServerCatalog } from '@org/core';

/** What was made of some content, for the contents that were asked for last: runs of a server share it. */
export class MadeOf<Value> {
  readonly #made = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(content: readonly unknown[], make: () => Value): Value {
    const key = createHash('sha256').update(JSON.stringify(content)).digest('base64');
    const made = this.#made.has(key) ? (this.#made.get(key) as Value) : make();
    this.#made.delete(key);
    this.#made.set(key, made);
    for (const [oldest] of this.#made) {
      if (this.#made.size <= this.#most) break;
      this.#made.delete(oldest);
    }
    return made;
  }
}

/** All that generated texts of a catalog depend on. */
export function contentOf(
  catalog: ServerCatalog,
  observed: ObservedTypesOf | undefined,
): unknown[] {
  const tools = catalog.tools.map(({ name, digest }) => [name, digest]);
  return [{ ...catalog, tools }, observed ? [...observed] : []];
}
