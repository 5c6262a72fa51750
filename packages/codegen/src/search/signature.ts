import type { JsonObject } from '@org/core';
import { oneLine } from '../escape.ts';
import { toolSummary } from '../manifest.ts';
import type { ObservedType } from '../observed/observed-types.ts';
import { schemaToTypes } from '../schema-to-type.ts';
import type { NamedTool } from '../tool-names.ts';
import { type CompactType, compactType } from './compact.ts';
import { firstSentence } from './first-sentence.ts';

/** In characters. */
const maxSummary = 100;
const maxParams = 3_000;
const maxResult = 1_000;
const maxTypes = 200_000;

/**
 * What an agent needs to write a call: what the tool does, and its TypeScript signature on a line;
 * below it the types that the signature names. A type that would be very long is `unknown`, and a
 * comment says so.
 */
export function signature(named: NamedTool, observed?: ObservedType): string {
  const { tool, identifier, paramsType, resultType } = named;
  const taken = new Set([identifier, paramsType, resultType]);
  const types = (schema: JsonObject, name: string, isParams: boolean) =>
    schemaToTypes(schema, { name, isParams, taken, maxLength: maxTypes });
  const ofParams = types(tool.inputSchema, paramsType, true);
  const params = shortened(compactType(ofParams), maxParams);
  const schema = tool.outputSchema ?? observed?.schema;
  const result =
    schema === undefined
      ? { text: 'unknown', others: [] }
      : shortened(compactType(types(schema, resultType, false)), maxResult);
  const optional = ofParams.acceptsEmptyObject ? '?' : '';
  const takesNothing = /^(?:object|\{ \[key: string\]: never \})$/u.test(params.text);
  const parameter = takesNothing ? '' : `params${optional}: ${params.text}`;
  const summary = oneLine(firstSentence(toolSummary(named), 300), maxSummary);
  return [
    ...(summary === '' ? [] : [`// ${summary}`]),
    `${identifier}(${parameter}): Promise<${result.text}>`,
    ...params.others,
    ...result.others,
  ].join('\n');
}

function shortened(type: CompactType, most: number): CompactType {
  const length = type.text.length + type.others.join('').length;
  if (length <= most) return type;
  return { text: `unknown /* ${length} characters: see detail 'full' */`, others: [] };
}
