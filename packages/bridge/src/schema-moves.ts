import type { OutputUnit } from '@cfworker/json-schema';
import { isJsonObject, pathStep, type TypeMove } from '@org/core';
import {
  alternatives,
  at,
  bounds,
  type Checked,
  choices,
  own,
  quoted,
  schemaAt,
  segments,
  wrappers,
} from './schema-problem.ts';

const maxMoves = 50;

/** Where a result is not what its schema says: names and kinds, none of the result's values. */
export function schemaMoves(
  checked: Checked,
  errors: readonly OutputUnit[],
  shownName: (name: string) => string,
): TypeMove[] {
  const moves = new Map<string, TypeMove>();
  let branches: string | undefined;
  for (const error of errors) {
    if (moves.size >= maxMoves) break;
    if (branches !== undefined && error.keywordLocation.startsWith(branches)) continue;
    branches = /^(?:any|one)Of$/u.test(error.keyword) ? `${error.keywordLocation}/` : undefined;
    const move = wrappers.has(error.keyword) ? undefined : moveOf(checked, error, shownName);
    if (move !== undefined) moves.set(`${move.path} ${move.is} ${move.says}`, move);
  }
  return [...moves.values()];
}

function moveOf(
  { schema, value }: Checked,
  error: OutputUnit,
  shownName: (name: string) => string,
): TypeMove | undefined {
  const path = segments(error.instanceLocation);
  const keyword = schemaAt(schema, segments(error.keywordLocation));
  const holder = schemaAt(schema, segments(error.keywordLocation).slice(0, -1));
  const here = { path: shownPath(value, path.map(shownName), path), is: kindOf(at(value, path)) };
  switch (error.keyword) {
    case 'type':
      return { ...here, says: typeNames(keyword) };
    case 'required': {
      const name = quoted(error.error);
      const wanted = own(own(holder, 'properties'), name);
      const says = isJsonObject(wanted) ? typeNames(wanted.type) : 'a value';
      return { path: here.path + pathStep(shownName(name)), is: 'missing', says };
    }
    case 'enum':
    case 'const':
      return { ...here, is: `another ${here.is}`, says: choices(keyword) };
    case 'anyOf':
    case 'oneOf':
      return { ...here, says: alternatives(keyword ?? own(holder, 'oneOf')) };
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'false':
      return undefined; // A type lets members pass that it does not name.
    default: {
      const bound = Object.hasOwn(bounds, error.keyword) ? bounds[error.keyword] : undefined;
      if (bound === undefined || typeof keyword !== 'number') return undefined;
      return { ...here, is: `another ${here.is}`, says: bound.replace('#', String(keyword)) };
    }
  }
}

function typeNames(type: unknown): string {
  if (type === undefined) return 'a value';
  return (Array.isArray(type) ? type : [type]).map(String).join(' or ');
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Elements are all one place. */
function shownPath(value: unknown, names: readonly string[], path: readonly string[]): string {
  let here: unknown = value;
  let shown = '';
  for (const [index, step] of path.entries()) {
    shown += Array.isArray(here) ? '[]' : pathStep(names[index] ?? step);
    here = own(here, step);
  }
  return shown;
}
