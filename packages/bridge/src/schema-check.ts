import { type SchemaDraft, Validator } from '@cfworker/json-schema';
import type { JsonObject, JsonValue, TypeMove } from '@org/core';
import { boundedSchema } from './bounded-schema.ts';
import { schemaMoves } from './schema-moves.ts';
import { describeProblems } from './schema-problem.ts';

/** A validation that takes longer is given up, and its schema with it. */
const validationMs = 250;

class GivenUp extends Error {}

/** How a value does not fit a schema. */
interface Misfit {
  /** In words, the value's own ones among them. */
  readonly problems: string;
  /** The same without values. `shownName` is what a member of the value is called. */
  moves(shownName: (name: string) => string): readonly TypeMove[];
}

/** Undefined where all fits. */
export type Check = (value: JsonValue) => Misfit | undefined;

/**
 * Checks values against a server's schema. A schema that can't be checked within bounds lets
 * everything pass.
 * @param whole what to call the value, such as `the parameters`
 */
export function createCheck(schema: JsonObject, whole: string): Check {
  let deadline = Number.POSITIVE_INFINITY;
  let validator: Validator | undefined;
  try {
    const copy = boundedSchema(schema, () => {
      if (performance.now() > deadline) throw new GivenUp();
    });
    validator = new Validator(copy, draftOf(schema), false);
  } catch {
    // Too deep to copy, or its references clash.
  }
  return (value) => {
    if (validator === undefined) return undefined;
    deadline = performance.now() + validationMs;
    try {
      const { valid, errors } = validator.validate(value);
      if (valid) return undefined;
      const checked = { schema, value, whole };
      const problems = describeProblems(checked, errors);
      return { problems, moves: (shownName) => schemaMoves(checked, errors, shownName) };
    } catch (error) {
      if (error instanceof GivenUp) validator = undefined;
      return undefined;
    }
  };
}

function draftOf({ $schema }: JsonObject): SchemaDraft {
  if (typeof $schema !== 'string') return '2020-12';
  if ($schema.includes('draft-04')) return '4';
  if ($schema.includes('draft-07') || $schema.includes('draft-06')) return '7';
  return $schema.includes('2019-09') ? '2019-09' : '2020-12';
}
