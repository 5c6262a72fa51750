import { exceededBound, isJsonObject, type JsonValue } from '@org/core';
import { bounded, merge, type Shape } from './shape.ts';
import { shapeOfJson, shapeToJson } from './shape-json.ts';

/** What was seen of the results of a tool, as one definition of it has them. */
export interface Observation {
  readonly tool: string;
  readonly digest: string;
  readonly results: number;
  readonly shape: Shape;
  /** When something was last seen: ISO 8601 in UTC. */
  readonly seen: string;
}

/** Of one server, by `observationKey`. */
export type Observations = ReadonlyMap<string, Observation>;

const version = 1;
const maxCharacters = 1024 * 1024;
const maxTools = 500;
/** A server that goes back to an older version finds its types again. */
const maxDefinitions = 3;
const bounds = { depth: 64, containers: 200_000 };
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;

export const observationKey = (tool: string, digest: string): string => `${digest} ${tool}`;

/** Undefined for a text that was not written by `observationsText`. */
export function parseObservations(text: string): Observations | undefined {
  if (text.length > maxCharacters || exceededBound(text, bounds) !== undefined) return undefined;
  let root: JsonValue;
  try {
    root = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  if (!isJsonObject(root) || root.version !== version || !Array.isArray(root.tools)) {
    return undefined;
  }
  const all = (root.tools as readonly JsonValue[]).map(parseObservation);
  if (!all.every((one) => one !== undefined)) return undefined;
  return new Map(all.map((one) => [observationKey(one.tool, one.digest), one]));
}

function parseObservation(value: JsonValue): Observation | undefined {
  if (!isJsonObject(value)) return undefined;
  const { tool, digest, results, seen } = value;
  const shape = shapeOfJson(value.shape);
  if (typeof tool !== 'string' || tool.length > 128 || shape === undefined) return undefined;
  if (typeof digest !== 'string' || !/^[\da-f]{64}$/u.test(digest)) return undefined;
  if (typeof results !== 'number' || !Number.isSafeInteger(results) || results < 1) {
    return undefined;
  }
  if (typeof seen !== 'string' || !time.test(seen)) return undefined;
  return { tool, digest, results, seen, shape };
}

/** All that either has seen. */
export function mergeObservations(a: Observations, b: Observations): Observations {
  const merged = new Map(a);
  for (const [key, one] of b) {
    const before = merged.get(key);
    merged.set(key, before === undefined ? one : mergeOne(before, one));
  }
  return merged;
}

function mergeOne(a: Observation, b: Observation): Observation {
  return {
    ...a,
    results: a.results + b.results,
    shape: bounded(merge(a.shape, b.shape)),
    seen: a.seen > b.seen ? a.seen : b.seen,
  };
}

/**
 * Canonical JSON text, of at most 1 MiB: what was seen longest ago goes first, and of each tool the
 * last three definitions stay. Undefined where nothing is left.
 */
export function observationsText(observations: Observations): string | undefined {
  let left = maxCharacters - 100;
  const texts: [string, string][] = [];
  for (const one of lastDefinitions(newestFirst(observations)).slice(0, maxTools)) {
    const text = JSON.stringify({ ...one, shape: shapeToJson(one.shape) });
    left -= text.length + 1;
    if (left < 0) break;
    texts.push([order(one), text]);
  }
  if (texts.length === 0) return undefined;
  const tools = texts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `{"version":${version},"tools":[${tools.join(',')}]}\n`;
}

const order = ({ tool, digest }: Observation): string => `${tool}\n${digest}`;

function newestFirst(observations: Observations): Observation[] {
  return [...observations.values()].sort((a, b) => {
    if (a.seen !== b.seen) return a.seen > b.seen ? -1 : 1;
    return order(a) < order(b) ? -1 : 1;
  });
}

function lastDefinitions(newest: readonly Observation[]): Observation[] {
  const counts = new Map<string, number>();
  return newest.filter(({ tool }) => {
    const count = (counts.get(tool) ?? 0) + 1;
    counts.set(tool, count);
    return count <= maxDefinitions;
  });
}
