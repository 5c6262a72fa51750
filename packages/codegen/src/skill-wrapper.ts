import type { JsonObject } from '@org/core';
import { commentText, docComment, stringLiteral } from './escape.ts';
import { schemaToTypes } from './schema-to-type.ts';

export interface SkillSignature {
  readonly name: string;
  /** Its author's text. */
  readonly description: string;
  /** JSON Schema. */
  readonly parameters: JsonObject;
  /** JSON Schema, where it is known. */
  readonly result?: JsonObject;
}

const maxTypesLength = 100_000;

/** Text of `/mcp-tools/skills/<name>/index.ts`: calling its default export runs the skill. */
export function generateSkillWrapper({
  name,
  description,
  parameters,
  result = {},
}: SkillSignature): string {
  const taken = new Set(['Params', 'Result', 'run']);
  const maxLength = maxTypesLength;
  const params = schemaToTypes(parameters, { name: 'Params', isParams: true, taken, maxLength });
  const results = schemaToTypes(result, { name: 'Result', isParams: false, taken, maxLength });
  const doc = docComment([...commentText(description, 2_000), '', `Skill ${stringLiteral(name)}.`]);
  const optional = params.acceptsEmptyObject ? '?' : '';
  return `${doc}export default function run(params${optional}: ${params.type}): Promise<${results.type}> {
 return callTool('skills', ${stringLiteral(name)}, params);
}
${params.declarations}${results.declarations}`;
}
