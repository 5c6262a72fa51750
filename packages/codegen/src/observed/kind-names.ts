import { kinds, type Shape } from './shape.ts';

const scalars = ['null', 'boolean', 'number', 'string'] as const;

/** The JSON types of a shape that is not `anything`, in the words of JSON Schema. */
export function kindNames(shape: Shape): string[] {
  const names: string[] = scalars.filter((name) => shape.kinds & kinds[name]);
  if (shape.items !== undefined) names.push('array');
  if ((shape.properties ?? shape.values) !== undefined) names.push('object');
  return names;
}

/** Whether its type is `unknown`: `null` alone says nothing of what else there can be. */
export function isUnknown(shape: Shape): boolean {
  if (shape.kinds & kinds.anything) return true;
  return kindNames(shape).every((name) => name === 'null');
}
