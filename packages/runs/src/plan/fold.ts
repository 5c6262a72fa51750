import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import type { PlannedEffect } from './plan.ts';
import { childPointer } from './pointer.ts';
import { shownDependence, visibleJson } from './shown-params.ts';

/** Effects of one tool whose parameters are of one shape. */
export interface FoldedStep {
  readonly effects: readonly PlannedEffect[];
  /** Parameters that are not equal in all, as JSON, by their JSON pointers. */
  readonly varying: ReadonlyMap<string, readonly string[]>;
}

/** A sequence of steps that is repeated; `times` is 1 for one that is not. */
export interface Fold {
  readonly times: number;
  readonly steps: readonly FoldedStep[];
}

/** A loop's body has at most so many calls to be seen as one. */
const longestBody = 8;

/** Effects in their order, with what repeats itself put together: loops, as they look from outside. */
export function foldEffects(effects: readonly PlannedEffect[]): readonly Fold[] {
  const keys = effects.map(foldKey);
  const folds: Fold[] = [];
  let index = 0;
  while (index < effects.length) {
    const { body, times } = repetitionAt(keys, index);
    const own = effects.slice(index, index + body * times);
    const steps = Array.from({ length: body }, (_, place) =>
      foldedStep(own.filter((_, position) => position % body === place)),
    );
    folds.push({ times, steps });
    index += own.length;
  }
  return folds;
}

/** What covers most; of equal ones the shortest body. */
function repetitionAt(keys: readonly string[], start: number): { body: number; times: number } {
  let best = { body: 1, times: 1 };
  for (let body = 1; body <= longestBody; body++) {
    let end = start + body;
    while (end < keys.length && keys[end] === keys[end - body]) end++;
    const times = Math.floor((end - start) / body);
    if (times > 1 && times * body > best.times * best.body) best = { body, times };
  }
  return best;
}

function foldedStep(effects: readonly PlannedEffect[]): FoldedStep {
  const deep = effects.map((effect) => shownLeaves(effect, true));
  const names = new Set(deep.map((one) => JSON.stringify([...one.keys()].sort())));
  const leaves = names.size === 1 ? deep : effects.map((effect) => shownLeaves(effect, false));
  const varying = new Map<string, readonly string[]>();
  for (const place of new Set(leaves.flatMap((one) => [...one.keys()]))) {
    const values = leaves.map((one) => one.get(place) ?? 'nothing');
    if (new Set(values).size > 1) varying.set(place, values);
  }
  return { effects, varying };
}

/** Parts of answers are named as seen from the effect, so that they are equal in a loop. */
function shownLeaves(effect: PlannedEffect, deep: boolean): ReadonlyMap<string, string> {
  const { params, dependsOn } = effect;
  const leaves = leavesOf(params, '', deep).map(([at, value]) => [at, visibleJson(value)] as const);
  const places = dependsOn.map((one) => [one.at, shownDependence(one, effect.effect)] as const);
  return new Map([...leaves, ...places]);
}

/** Equal for effects of one tool whose parameters have the same names and types. */
function foldKey({
  kind,
  by = [],
  server = '',
  tool,
  definitionDigest = '',
  params,
}: PlannedEffect): string {
  const shape = leavesOf(params, '', false).map(([at, value]) => [at, kindOf(value)]);
  return JSON.stringify([kind, by, server, tool, definitionDigest, shape.sort()]);
}

/** @param deep whether items of lists are leaves; else lists are, however long they are */
function leavesOf(
  value: JsonValue,
  at: string,
  deep: boolean,
): readonly (readonly [string, JsonValue])[] {
  const isOpen = isJsonObject(value) || (deep && Array.isArray(value));
  const members = isOpen ? Object.entries(value as JsonObject) : [];
  if (members.length === 0) return [[at, value]];
  return members.flatMap(([name, member]) => leavesOf(member, childPointer(at, name), deep));
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
