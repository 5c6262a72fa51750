import { isJsonObject, type JsonObject } from '@org/core';
import { objectKind } from './kinds.ts';
import { absent, negation, present } from './negation.ts';
import { keyword } from './schema-reference.ts';
import {
  applicators,
  hasAny,
  objectKeywords,
  type Place,
  schemaMap,
  strings,
  type Translator,
} from './schema-translator.ts';
import { anyOfKinds, intersection, type TypeText, union, widened } from './type-text.ts';

/** More dependencies of one schema are left out. */
const maxDependencies = 20;

/** What `if`, `then` and `else` say: one of two types, where both are known. */
export function conditionType(schema: JsonObject, place: Place, translator: Translator): TypeText {
  const here: Place = { ...place, depth: place.depth + 1 };
  const branch = (name: string) => translator.translate(keyword(schema, name) ?? true, here);
  const condition = keyword(schema, 'if');
  const holds = intersection([branch('if'), branch('then')]);
  const otherwise = branch('else');
  const fails = intersection([otherwise, negation(condition, here, translator) ?? otherwise]);
  if (holds.text === fails.text || isGeneral(holds, place) || isGeneral(fails, place)) {
    const opens = ['if', 'then', 'else'].some((name) => mayDeclare(keyword(schema, name)));
    return opens ? widened('depends on a condition', place.kinds) : anyOfKinds(place.kinds);
  }
  return union([holds, fails]);
}

function mayDeclare(schema: unknown): boolean {
  return isJsonObject(schema) && hasAny(schema, [...objectKeywords, ...applicators]);
}

function isGeneral(type: TypeText, place: Place): boolean {
  return type.top || type.text === anyOfKinds(place.kinds).text;
}

/** What `dependentRequired`, `dependentSchemas` and draft 7's `dependencies` say. */
export function dependencyTypes(
  schema: JsonObject,
  place: Place,
  translator: Translator,
): TypeText[] {
  if ((place.kinds & objectKind) === 0) return [];
  const here: Place = { ...place, depth: place.depth + 1, kinds: objectKind };
  const others = anyOfKinds(place.kinds & ~objectKind);
  const { keepsOpen } = translator;
  const entries = ['dependentRequired', 'dependentSchemas', 'dependencies'].flatMap((name) =>
    Object.entries(schemaMap(keyword(schema, name))),
  );
  const types = entries.slice(0, maxDependencies).map(([key, dependency]) => {
    const isNames = Array.isArray(dependency);
    const names = isNames ? strings(dependency) : [];
    const has = present([...new Set([key, ...names])], keepsOpen);
    if (isNames || !isJsonObject(dependency)) {
      const then = dependency === false ? [] : [has];
      return union([absent(key, keepsOpen), ...then, others]);
    }
    const more = intersection([has, translator.translate(dependency, here)]);
    return union([absent(key, keepsOpen), more, others]);
  });
  if (entries.length > maxDependencies) types.push(widened('more dependencies', place.kinds));
  return types;
}
