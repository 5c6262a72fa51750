import {
  exceededBound,
  isJsonObject,
  type JsonObject,
  maxDepth,
  SandboxError,
  type ToolDefinition,
  valueBounds,
} from '@org/core';
import { type Check, createCheck } from './schema-check.ts';

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

const checks = new WeakMap<ToolDefinition, Check>();

/**
 * Checks `params` against the tool's input schema before anything is sent. What cannot be checked
 * within bounds passes; the server has the last word anyway.
 * @throws SandboxError `INVALID_PARAMS`: with the path, what was expected and what was there
 */
export function checkParams(tool: ToolDefinition, params: JsonObject): void {
  let check = checks.get(tool);
  if (check === undefined) {
    check = createCheck(tool.inputSchema, 'the parameters');
    checks.set(tool, check);
  }
  const misfit = check(params);
  if (misfit === undefined) return;
  throw new SandboxError(
    'INVALID_PARAMS',
    `The parameters do not fit ${JSON.stringify(tool.name)}: ${misfit.problems}`,
  );
}
