import { camelSchema, type FieldNames, type ServerCatalog } from '@org/core';

/** A catalog whose declared results have the names that programs find in them. */
export function withFieldNames(
  catalog: ServerCatalog,
  fieldNames: FieldNames | undefined,
): ServerCatalog {
  if (fieldNames === undefined) return catalog;
  const tools = catalog.tools.map((tool) =>
    tool.outputSchema === undefined
      ? tool
      : { ...tool, outputSchema: camelSchema(tool.outputSchema) },
  );
  return { ...catalog, tools };
}
