import { isJsonObject } from '@org/core';

export interface DefinitionBounds {
  readonly depth: number;
  /** Values of any kind, keys not counted. */
  readonly nodes: number;
  /** Of the JSON text in UTF-8. */
  readonly bytes: number;
}

/**
 * Why `value` must not be taken over, or undefined when it may be. Checked before anything walks it
 * recursively or turns it into text, so a deep or huge value costs no more than its bound.
 */
export function outOfBounds(value: unknown, bounds: DefinitionBounds): string | undefined {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  let nodes = 0;
  let characters = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    nodes++;
    if (next.depth > bounds.depth) return `it is nested deeper than ${bounds.depth} levels`;
    if (nodes + pending.length > bounds.nodes) return `it has over ${bounds.nodes} values`;
    const depth = next.depth + 1;
    if (typeof next.value === 'string') {
      characters += next.value.length;
    } else if (Array.isArray(next.value)) {
      if (next.value.length > bounds.nodes) return `it has over ${bounds.nodes} values`;
      for (const item of next.value) pending.push({ value: item, depth });
    } else if (isJsonObject(next.value)) {
      const keys = Object.keys(next.value);
      if (keys.length > bounds.nodes) return `it has over ${bounds.nodes} values`;
      for (const key of keys) {
        if (key === '__proto__') return 'it has a key named __proto__';
        characters += key.length;
        pending.push({ value: next.value[key], depth });
      }
    }
    if (characters > bounds.bytes) return `it is larger than ${bounds.bytes} bytes`;
  }
  if (new TextEncoder().encode(JSON.stringify(value)).length > bounds.bytes) {
    return `it is larger than ${bounds.bytes} bytes`;
  }
  return undefined;
}
