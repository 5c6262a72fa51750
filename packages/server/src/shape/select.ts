import { isJsonObject, type JsonValue, SandboxError } from '@org/core';

export const maxPaths = 32;
const maxPathLength = 400;

/** A step of a path: a key or an index, all of them, or the items from one index to another. */
type Step = { readonly key: string } | 'all' | { readonly from: number; readonly to: number };

/**
 * A path such as `/items/20-39/title`: JSON Pointer (RFC 6901) in which `*` stands for every item or
 * key, and `a-b` for items of an array.
 * @throws SandboxError `INVALID_PARAMS`
 */
function parsePath(path: string): readonly Step[] {
  if (path.length > maxPathLength) throw refused(`a path has over ${maxPathLength} characters`);
  if (path === '' || path === '/') return [];
  const text = path.startsWith('/') ? path.slice(1) : path;
  return text.split('/').map((step): Step => {
    if (step === '*') return 'all';
    const range = /^(\d{1,9})-(\d{1,9})$/.exec(step);
    if (range !== null) return { from: Number(range[1]), to: Number(range[2]) };
    return { key: step.replaceAll('~1', '/').replaceAll('~0', '~') };
  });
}

/** Whether a path leads to one part, which `select` gives alone. */
export const isPlainPath = (path: string): boolean => parsePath(path).every(isPlain);

export interface Selected {
  /** Undefined where no path leads anywhere. */
  readonly value: JsonValue | undefined;
  /** The paths that lead nowhere. */
  readonly missing: readonly string[];
}

/**
 * The parts of `value` that `paths` lead to, within the objects and arrays that they are in; items
 * of an array that no path names are left out. One path without `*` and ranges gives just its part.
 * @throws SandboxError `INVALID_PARAMS`
 */
export function select(value: JsonValue, paths: readonly string[]): Selected {
  if (paths.length > maxPaths) throw refused(`there are over ${maxPaths} paths`);
  const parsed = paths.map((path) => ({ path, steps: parsePath(path) }));
  const missing = parsed
    .filter(({ steps }) => !leadsSomewhere(value, steps))
    .map(({ path }) => path);
  const [only] = parsed;
  if (parsed.length === 1 && only !== undefined && only.steps.every(isPlain)) {
    return { value: only.steps.reduce<JsonValue | undefined>(child, value), missing };
  }
  const found = parsed.filter(({ path }) => !missing.includes(path));
  const kept =
    found.length === 0
      ? undefined
      : keep(
          value,
          found.map(({ steps }) => steps),
        );
  return { value: kept, missing };
}

const isPlain = (step: Step): step is { readonly key: string } => step !== 'all' && 'key' in step;

function child(value: JsonValue | undefined, step: Step): JsonValue | undefined {
  if (!isPlain(step)) return undefined;
  if (Array.isArray(value)) return /^\d+$/.test(step.key) ? value[Number(step.key)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step.key) ? value[step.key] : undefined;
}

/** The keys or indices that a step names. */
function named(value: JsonValue, step: Step): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isPlain(step)) return child(value, step) === undefined ? [] : [step.key];
  if (step === 'all') return Object.keys(value);
  if (isJsonObject(value)) {
    const key = `${step.from}-${step.to}`;
    return Object.hasOwn(value, key) ? [key] : [];
  }
  const to = Math.min(step.to, value.length - 1);
  return Array.from({ length: Math.max(0, to - step.from + 1) }, (_, index) =>
    String(step.from + index),
  );
}

function leadsSomewhere(value: JsonValue, steps: readonly Step[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  return named(value, step).some((key) =>
    leadsSomewhere((value as { [key: string]: JsonValue })[key] as JsonValue, rest),
  );
}

/** @param paths each leads somewhere, or the value is an item of which another one does */
function keep(value: JsonValue, paths: readonly (readonly Step[])[]): JsonValue | undefined {
  if (paths.some((steps) => steps.length === 0)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const below = new Map<string, (readonly Step[])[]>();
  for (const [step, ...rest] of paths) {
    for (const key of named(value, step as Step)) {
      below.set(key, [...(below.get(key) ?? []), rest]);
    }
  }
  const kept: [string, JsonValue][] = [];
  for (const key of Object.keys(value)) {
    const rests = below.get(key);
    if (rests === undefined) continue;
    const part = keep((value as { [key: string]: JsonValue })[key] as JsonValue, rests);
    if (part !== undefined) kept.push([key, part]);
  }
  if (kept.length === 0) return undefined;
  return isJsonObject(value) ? Object.fromEntries(kept) : kept.map(([, part]) => part);
}

function refused(why: string): SandboxError {
  return new SandboxError('INVALID_PARAMS', `select cannot be used: ${why}.`, {
    hint: 'Write it like ["/items/0-19/title", "/total"].',
  });
}
