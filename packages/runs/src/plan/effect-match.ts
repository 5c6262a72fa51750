import { isJsonObject, type JsonValue } from '@org/core';
import type { Dependence, EffectAnswer, PlannedEffect } from './plan.ts';
import { childPointer, valueAt } from './pointer.ts';

/** The real answers of the effects that were carried out, by their numbers. */
export type Answers = ReadonlyMap<number, JsonValue>;

/**
 * `exact`: the value is the planned one, with real answers in the places of those that the plan made
 * up. `asks`: so it is, but for places where that cannot be told. `other`: it is another value.
 */
export type Match = 'exact' | 'asks' | 'other';

/** Holds parameters against those of a planned effect. */
export function matchEffect(effect: PlannedEffect, params: JsonValue, answers: Answers): Match {
  const places = new Map(effect.dependsOn.map((one) => [one.at, one]));
  return matchAt(effect.params, params, '');

  function matchAt(planned: JsonValue, real: JsonValue, at: string): Match {
    const dependence = places.get(at);
    if (dependence !== undefined) return matchDependence(dependence, real, answers);
    if (Array.isArray(planned)) {
      if (!Array.isArray(real) || real.length !== planned.length) return 'other';
      return worst(
        planned.map((item, index) => matchAt(item, real[index], childPointer(at, `${index}`))),
      );
    }
    if (isJsonObject(planned)) {
      if (!isJsonObject(real)) return 'other';
      const names = Object.keys(planned);
      if (names.length !== Object.keys(real).length) return 'other';
      return worst(
        names.map((name) =>
          Object.hasOwn(real, name)
            ? matchAt(planned[name] as JsonValue, real[name] as JsonValue, childPointer(at, name))
            : 'other',
        ),
      );
    }
    return planned === real ? 'exact' : 'other';
  }
}

function matchDependence({ parts }: Dependence, real: JsonValue, answers: Answers): Match {
  if (parts.length === 0) return 'asks';
  const values = parts.map((part) =>
    typeof part === 'string' ? part : answeredValue(part, answers),
  );
  // What it depends on has not been answered, or not with such a value.
  if (values.includes(undefined)) return 'other';
  const [only] = values;
  const isSame =
    values.length === 1 && typeof parts[0] !== 'string' ? only === real : values.join('') === real;
  return isSame ? 'exact' : 'other';
}

/** Only texts and numbers are passed on by their values. */
function answeredValue(
  { effect, path }: EffectAnswer,
  answers: Answers,
): string | number | undefined {
  const answer = answers.get(effect);
  const value = answer === undefined ? undefined : valueAt(answer, path);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function worst(matches: readonly Match[]): Match {
  if (matches.includes('other')) return 'other';
  return matches.includes('asks') ? 'asks' : 'exact';
}
