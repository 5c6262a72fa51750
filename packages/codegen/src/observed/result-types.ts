import type { ServerCatalog, ToolName } from '@org/core';
import { schemaToTypes } from '../schema-to-type.ts';
import { nameTools } from '../tool-names.ts';
import type { ObservedTypesOf } from './observed-types.ts';

const maxLength = 200_000;

/** Declarations of observed types, by tool, under the names that the wrappers have for them. */
export function observedDeclarations(
  catalog: ServerCatalog,
  observed: ObservedTypesOf,
): ReadonlyMap<ToolName, string> {
  const declarations = new Map<ToolName, string>();
  for (const { tool, identifier, paramsType, resultType } of nameTools(catalog)) {
    const known = observed.get(tool.name);
    if (known === undefined) continue;
    const taken = new Set([identifier, paramsType, resultType]);
    const request = { name: resultType, isParams: false, taken, maxLength };
    const { type, declarations: others } = schemaToTypes(known.schema, request);
    declarations.set(tool.name, `export type ${resultType} = ${type};\n${others}`);
  }
  return declarations;
}
