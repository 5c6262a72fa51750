import { isJsonObject, type JsonValue } from '@org/core';
import type { Dependence, PlannedEffect } from './plan.ts';
import { childPointer } from './pointer.ts';

// What a terminal acts on and what a reader cannot see, and the marks of parts of answers.
const notShown = /[^\P{C}]|[\u2028\u2029‹›]/gu;

/** JSON on one line, in which nothing acts or hides: such characters are written as escapes. */
export function visibleJson(value: JsonValue): string {
  return JSON.stringify(value).replaceAll(notShown, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** An effect's parameters as JSON, with `‹answer 1 /id›` in the places of made-up values. */
export function shownParams({ params, dependsOn }: PlannedEffect): string {
  const places = new Map(dependsOn.map((one) => [one.at, one]));
  return shownAt(params, '');

  function shownAt(value: JsonValue, at: string): string {
    const dependence = places.get(at);
    if (dependence !== undefined) return shownDependence(dependence);
    if (Array.isArray(value)) {
      return `[${value.map((item, index) => shownAt(item, childPointer(at, `${index}`))).join(',')}]`;
    }
    if (!isJsonObject(value)) return visibleJson(value);
    const members = Object.entries(value).map(
      ([name, member]) => `${visibleJson(name)}:${shownAt(member, childPointer(at, name))}`,
    );
    return `{${members.join(',')}}`;
  }
}

/** @param relativeTo number of an effect; answers are then named by how many effects they lie before it */
export function shownDependence({ parts }: Dependence, relativeTo?: number): string {
  if (parts.length === 0) return '‹from an earlier answer: it is asked about›';
  return parts
    .map((part) => {
      if (typeof part === 'string') return visibleJson(part);
      const of = relativeTo === undefined ? part.effect : `-${relativeTo - part.effect}`;
      return `‹answer ${of} ${visibleJson(part.path).slice(1, -1)}›`;
    })
    .join(' + ');
}
