import { isJsonObject, type JsonObject } from '@org/core';

/** A schema's keyword; never one that it inherits. */
export function keyword(schema: JsonObject, name: string): unknown {
  return Object.hasOwn(schema, name) ? schema[name] : undefined;
}

/** What a reference refers to. */
export interface Reference {
  /** A name for it: the last segment of the pointer, or the anchor; empty for the root. */
  readonly label: string;
  readonly target: unknown;
}

/** Where the specification puts schemas: as the value, in a list or in a map. */
const places: ReadonlyMap<string, 'schema' | 'list' | 'map'> = new Map([
  ...[
    'additionalItems',
    'additionalProperties',
    'contains',
    'contentSchema',
    'else',
    'if',
    'items',
    'not',
    'propertyNames',
    'then',
    'unevaluatedItems',
    'unevaluatedProperties',
  ].map((name) => [name, 'schema'] as const),
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((name) => [name, 'list'] as const),
  ...[
    '$defs',
    'definitions',
    'dependencies',
    'dependentSchemas',
    'patternProperties',
    'properties',
  ].map((name) => [name, 'map'] as const),
]);

/** The schemas directly below one. */
function subschemas(schema: JsonObject): JsonObject[] {
  const found: JsonObject[] = [];
  for (const name of Object.keys(schema)) {
    const place = places.get(name);
    if (place === undefined) continue;
    const value = schema[name];
    if (Array.isArray(value)) {
      for (const one of value) if (isJsonObject(one)) found.push(one);
    } else if (isJsonObject(value)) {
      if (place === 'schema') found.push(value);
      else for (const one of Object.values(value)) if (isJsonObject(one)) found.push(one);
    }
  }
  return found;
}

/** Where a schema without an `$id` is; nothing is ever read from there. */
const noAddress = 'schema:///root';
const maxIndexed = 20_000;
const maxReferenceLength = 2_000;
const maxDynamicTargets = 50;
const maxInlined = 200;

function hasReference(schema: JsonObject): boolean {
  return ['$ref', '$dynamicRef', '$recursiveRef'].some((name) => Object.hasOwn(schema, name));
}

function resolveAddress(reference: string, base: string): string {
  if (reference.length > maxReferenceLength) return base;
  try {
    return new URL(reference, base).href;
  } catch {
    return base;
  }
}

function withoutFragment(address: string): string {
  const hash = address.indexOf('#');
  return hash < 0 ? address : address.slice(0, hash);
}

/**
 * The addresses within one schema: `$id`, `$anchor` and `$dynamicAnchor` as JSON Schema 2020-12 has
 * them, and draft 7's `$id: '#name'`. Only what is in the schema can be found: there is no resolver
 * that could fetch anything.
 */
export class SchemaIndex {
  readonly #bases = new Map<JsonObject, string>();
  /** Schema resources by address, and anchors by address with fragment. */
  readonly #targets = new Map<string, JsonObject>();
  readonly #dynamic = new Map<string, JsonObject[]>();
  readonly #uses = new Map<unknown, number>();
  readonly #root: JsonObject;
  readonly #resolved = new Map<
    JsonObject,
    { readonly ref: string; readonly reference: Reference | undefined }
  >();
  /** Before 2019-09: the keywords beside a `$ref` do not count. */
  readonly refsStandAlone: boolean;

  constructor(root: JsonObject) {
    this.#root = root;
    const dialect = keyword(root, '$schema');
    this.refsStandAlone = typeof dialect === 'string' && /draft-0[3-7]\b/.test(dialect);
    this.#targets.set(noAddress, root);
    this.#bases.set(root, noAddress);
    // A Map's iterator comes to what is added meanwhile.
    for (const [schema, outer] of this.#bases) {
      const base = this.#register(schema, outer);
      for (const below of subschemas(schema)) {
        if (this.#bases.size >= maxIndexed) break;
        if (!this.#bases.has(below)) this.#bases.set(below, base);
      }
    }
    for (const schema of this.#bases.keys()) {
      for (const { target } of this.references(schema)) {
        this.#uses.set(target, (this.#uses.get(target) ?? 0) + 1);
      }
    }
  }

  #register(schema: JsonObject, outer: string): string {
    const id = keyword(schema, '$id');
    let base = outer;
    if (typeof id === 'string' && !(this.refsStandAlone && Object.hasOwn(schema, '$ref'))) {
      const address = resolveAddress(id, outer);
      base = withoutFragment(address);
      this.#add(id.startsWith('#') ? address : base, schema);
    }
    for (const name of ['$anchor', '$dynamicAnchor']) {
      const anchor = keyword(schema, name);
      if (typeof anchor !== 'string') continue;
      this.#add(`${base}#${anchor}`, schema);
      if (name === '$dynamicAnchor') {
        const others = this.#dynamic.get(anchor);
        if (others === undefined) this.#dynamic.set(anchor, [schema]);
        else others.push(schema);
      }
    }
    this.#bases.set(schema, base);
    return base;
  }

  #add(address: string, schema: JsonObject): void {
    if (!this.#targets.has(address)) this.#targets.set(address, schema);
  }

  /** How many references of the whole schema have this target. */
  uses(target: unknown): number {
    return this.#uses.get(target) ?? 0;
  }

  /** Whether `schema` or a schema in it has a reference. */
  refersFurther(schema: JsonObject): boolean {
    const pending: JsonObject[] = [schema];
    for (const one of pending) {
      if (hasReference(one) || pending.length > maxInlined) return true;
      for (const below of subschemas(one)) pending.push(below);
    }
    return false;
  }

  /**
   * What the references directly in `schema` can refer to: one for a `$ref`, one or more for a
   * `$dynamicRef`, of which the value chooses; none where they lead outside.
   */
  references(schema: JsonObject, name?: '$ref' | '$dynamicRef'): readonly Reference[] {
    const found: Reference[] = [];
    const ref = name === '$dynamicRef' ? undefined : keyword(schema, '$ref');
    if (typeof ref === 'string') {
      const reference = this.#resolve(schema, ref);
      if (reference !== undefined) found.push(reference);
    }
    const dynamic = name === '$ref' ? undefined : keyword(schema, '$dynamicRef');
    if (typeof dynamic === 'string') {
      const reference = this.#resolve(schema, dynamic);
      const anchor = dynamic.slice(dynamic.indexOf('#') + 1);
      const { target } = reference ?? {};
      if (isJsonObject(target) && keyword(target, '$dynamicAnchor') === anchor) {
        const others = this.#dynamic.get(anchor) ?? [];
        if (others.length > maxDynamicTargets) return found;
        for (const one of new Set([target, ...others])) found.push({ label: anchor, target: one });
      } else if (reference !== undefined) {
        found.push(reference);
      }
    }
    return found;
  }

  #resolve(from: JsonObject, ref: string): Reference | undefined {
    const known = this.#resolved.get(from);
    if (known !== undefined && known.ref === ref) return known.reference;
    const reference = this.#find(from, ref);
    this.#resolved.set(from, { ref, reference });
    return reference;
  }

  #find(from: JsonObject, ref: string): Reference | undefined {
    if (ref === '#' || ref.startsWith('#/')) {
      const base = this.#bases.get(from) ?? noAddress;
      return pointerTarget(this.#targets.get(base) ?? this.#root, ref.slice(1));
    }
    if (ref.length > maxReferenceLength) return undefined;
    const address = resolveAddress(ref, this.#bases.get(from) ?? noAddress);
    const resource = withoutFragment(address);
    const fragment = address.slice(resource.length + 1);
    if (fragment !== '' && !fragment.startsWith('/')) {
      const target = this.#targets.get(`${resource}#${fragment}`);
      return target && { label: fragment, target };
    }
    const target = this.#targets.get(resource);
    if (target === undefined) return undefined;
    const label = fragment === '' ? (resource.split('/').at(-1) ?? '') : undefined;
    return label === undefined ? pointerTarget(target, fragment) : { label, target };
  }
}

/** Target of a JSON Pointer (RFC 6901) as the fragment of a URI. */
function pointerTarget(root: JsonObject, encoded: string): Reference | undefined {
  let pointer = encoded;
  try {
    if (encoded.includes('%')) pointer = decodeURIComponent(encoded);
  } catch {
    // A percent sign that encodes nothing: taken as it stands.
  }
  const segments = pointer
    .split('/')
    .slice(1)
    .map((part) => (part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part));
  let target: unknown = root;
  for (const segment of segments) {
    if (Array.isArray(target)) target = /^\d+$/.test(segment) ? target[Number(segment)] : undefined;
    else target = isJsonObject(target) ? keyword(target, segment) : undefined;
    if (target === undefined) return undefined;
  }
  return { label: segments.at(-1) ?? '', target };
}
