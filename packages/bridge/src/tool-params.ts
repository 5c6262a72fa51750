import { type SchemaDraft, Validator } from '@cfworker/json-schema';
import {
  exceededBound,
  isJsonObject,
  type JsonObject,
  maxDepth,
  SandboxError,
  type ToolDefinition,
  valueBounds,
} from '@org/core';
import { boundedSchema } from './bounded-schema.ts';
import { describeProblems } from './params-problem.ts';

/**
 * The parameters of a call as an object. Size and nesting are checked on the text.
 * @throws SandboxError `PARAMS_TOO_LARGE` or `INVALID_PARAMS`
 */
export function parseParams(paramsJson: string, maxBytes: number): JsonObject {
  // A character has at least one byte, so a text this long need not be measured.
  const bytes = paramsJson.length > maxBytes ? paramsJson.length : Buffer.byteLength(paramsJson);
  if (bytes > maxBytes) {
    throw new SandboxError(
      'PARAMS_TOO_LARGE',
      `The parameters have at least ${bytes} bytes, a call takes at most ${maxBytes}.`,
      { hint: 'Pass less, or pass it in several calls.' },
    );
  }
  const exceeded = exceededBound(paramsJson, valueBounds);
  if (exceeded === 'depth') {
    throw new SandboxError(
      'INVALID_PARAMS',
      `The parameters are nested more than ${maxDepth} deep.`,
      { hint: 'Pass a flatter value.' },
    );
  }
  if (exceeded !== undefined) {
    throw new SandboxError('PARAMS_TOO_LARGE', 'The parameters have too many parts.', {
      hint: 'Pass less, or pass it in several calls.',
    });
  }
  let params: unknown;
  try {
    params = JSON.parse(paramsJson);
  } catch (cause) {
    throw new SandboxError('INVALID_PARAMS', 'The parameters are not JSON.', {
      hint: 'Pass an object with one entry per parameter.',
      cause,
    });
  }
  if (isJsonObject(params)) return params;
  const got = params === null ? 'null' : Array.isArray(params) ? 'an array' : `a ${typeof params}`;
  throw new SandboxError('INVALID_PARAMS', `The parameters must be an object, not ${got}.`, {
    hint: 'Pass an object with one entry per parameter.',
  });
}

/** A validation that takes longer is given up, and its schema with it: the server judges then. */
const validationMs = 250;

class GivenUp extends Error {}

type Check = (params: JsonObject) => string | undefined;

const checks = new WeakMap<ToolDefinition, Check>();

/**
 * Checks `params` against the tool's input schema before anything is sent. A schema that can't be
 * checked within bounds lets everything pass; the server has the last word anyway.
 * @throws SandboxError `INVALID_PARAMS`: with the path, what was expected and what was there
 */
export function checkParams(tool: ToolDefinition, params: JsonObject): void {
  let check = checks.get(tool);
  if (check === undefined) {
    check = createCheck(tool.inputSchema);
    checks.set(tool, check);
  }
  const problems = check(params);
  if (problems === undefined) return;
  throw new SandboxError(
    'INVALID_PARAMS',
    `The parameters do not fit ${JSON.stringify(tool.name)}: ${problems}`,
  );
}

function createCheck(schema: JsonObject): Check {
  let deadline = Number.POSITIVE_INFINITY;
  let validator: Validator | undefined;
  try {
    const copy = boundedSchema(schema, () => {
      if (performance.now() > deadline) throw new GivenUp();
    });
    validator = new Validator(copy, draftOf(schema), false);
  } catch {
    // Too deep to copy, or its references clash: the server judges.
  }
  return (params) => {
    if (validator === undefined) return undefined;
    deadline = performance.now() + validationMs;
    try {
      const { valid, errors } = validator.validate(params);
      return valid ? undefined : describeProblems(schema, params, errors);
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
