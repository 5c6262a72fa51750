import { isJsonObject, type JsonObject } from '@org/core';

/** A schema's keyword; never one that it inherits. */
export function keyword(schema: JsonObject, name: string): unknown {
  return Object.hasOwn(schema, name) ? schema[name] : undefined;
}

export interface Reference {
  /** JSON Pointer (RFC 6901) in the root schema, decoded; the same target has the same one. */
  readonly pointer: string;
  /** The last segment of it; empty for the root. */
  readonly label: string;
  readonly target: unknown;
}

/**
 * What a `$ref` refers to within its own document. Undefined for everything else: another
 * document, a URL, a file, an anchor, or nothing. There is no resolver that could fetch one.
 */
export function resolveReference(root: JsonObject, ref: string): Reference | undefined {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined;
  let pointer: string;
  try {
    pointer = decodeURIComponent(ref.slice(1));
  } catch {
    // A percent sign that encodes nothing: taken as it stands.
    pointer = ref.slice(1);
  }
  const segments = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  let target: unknown = root;
  for (const segment of segments) {
    if (Array.isArray(target)) target = /^\d+$/.test(segment) ? target[Number(segment)] : undefined;
    else target = isJsonObject(target) ? keyword(target, segment) : undefined;
    if (target === undefined) return undefined;
  }
  return { pointer, label: segments.at(-1) ?? '', target };
}
