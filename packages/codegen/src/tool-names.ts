import type { ServerCatalog, ToolDefinition } from '@org/core';
import { distinctNames } from './distinct-names.ts';
import { foldCase, isDeviceName } from './file-name.ts';
import { identifierFor, typeStem } from './identifier.ts';

/** A tool with the names that its wrapper goes by. */
export interface NamedTool {
  readonly tool: ToolDefinition;
  readonly identifier: string;
  /** Without `.ts`. */
  readonly file: string;
  readonly paramsType: string;
  readonly resultType: string;
  /** The tool that has the identifier which this one would have had. */
  readonly collidesWith?: string;
}

const reservedFiles = ['index', 'manifest', 'globals'];

/** Names for each tool of a catalog, by name; no two share an identifier, a file or a type. */
export function nameTools(catalog: ServerCatalog): NamedTool[] {
  const tools = [...catalog.tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const identifiers = distinctNames(
    tools.map((tool) => {
      const wanted = identifierFor(tool.name);
      return { key: tool, wanted, exact: wanted === tool.name };
    }),
  );
  const named = tools.map((tool) => ({ tool, identifier: identifiers.get(tool) ?? '' }));
  const owners = new Map(named.map(({ tool, identifier }) => [identifier, tool.name]));

  const files = distinctNames(
    named.map(({ tool, identifier }) => {
      const usable = !isDeviceName(identifier);
      return { key: tool, wanted: usable ? identifier : `${identifier}_`, exact: usable };
    }),
    { fold: foldCase, taken: reservedFiles },
  );

  const types = new TypeNames(identifiers.values());
  return named.map(({ tool, identifier }) => {
    const owner = owners.get(identifierFor(tool.name));
    return {
      tool,
      identifier,
      file: files.get(tool) ?? '',
      ...types.next(typeStem(identifier)),
      ...(owner !== undefined && owner !== tool.name && { collidesWith: owner }),
    };
  });
}

/** Type names share a module's exports with the functions, so they avoid their names too. */
class TypeNames {
  readonly #taken: Set<string>;
  readonly #nextNumber = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  next(stem: string): { readonly paramsType: string; readonly resultType: string } {
    for (let number = this.#nextNumber.get(stem) ?? 1; ; number++) {
      const unique = number === 1 ? stem : `${stem}_${number}_`;
      const types = { paramsType: `${unique}Params`, resultType: `${unique}Result` };
      if (this.#taken.has(types.paramsType) || this.#taken.has(types.resultType)) continue;
      this.#taken.add(types.paramsType).add(types.resultType);
      this.#nextNumber.set(stem, number + 1);
      return types;
    }
  }
}
