import type { ServerCatalog, ServerId, ToolDetail, ToolHit } from '@org/core';
import { oneLine, stringLiteral } from '../escape.ts';
import { toolSummary } from '../manifest.ts';
import type { ObservedType, ObservedTypesOf } from '../observed/observed-types.ts';
import { type NamedTool, nameTools } from '../tool-names.ts';
import { wrapperText } from '../wrapper.ts';
import { signature } from './signature.ts';

/** A tool that a program can import. */
export interface ImportableTool {
  readonly catalog: ServerCatalog;
  /** Of its server, below /mcp-tools/servers. */
  readonly folder: string;
  readonly named: NamedTool;
  /** Of its results, where it declares no type of them. */
  readonly observed?: ObservedType | undefined;
}

const maxName = 120;
/** Of a wrapper, in characters; the whole of it is in its file. */
const maxFull = 24_000;

/**
 * The tools of all catalogs, by server and name.
 * @param folders of `serverFolders`; a server without one is left out, since nothing can import it
 */
export function importableTools(
  catalogs: readonly ServerCatalog[],
  folders: ReadonlyMap<ServerId, string>,
  observed: ReadonlyMap<ServerId, ObservedTypesOf> = new Map(),
): ImportableTool[] {
  return [...catalogs]
    .sort((a, b) => (a.server < b.server ? -1 : 1))
    .flatMap((catalog) => {
      const folder = folders.get(catalog.server);
      if (folder === undefined) return [];
      const known = observed.get(catalog.server);
      return nameTools(catalog).map((named) => {
        return { catalog, folder, named, observed: known?.get(named.tool.name) };
      });
    });
}

/** As `mcp-cli tools show` takes it. */
export function nameOf({ catalog, named }: ImportableTool): string {
  return `${catalog.server}.${named.tool.name}`;
}

/** A tool as a hit shows it. */
export function toHit(tool: ImportableTool, detail: ToolDetail): ToolHit {
  const { catalog, named } = tool;
  return { server: catalog.server, tool: named.tool.name, text: textOf(tool, detail) };
}

function textOf(tool: ImportableTool, detail: ToolDetail): string {
  const { catalog, folder, named, observed } = tool;
  if (detail === 'name') return oneLine(toolSummary(named), maxName);
  if (detail === 'signature') return signature(named, observed);
  const text = wrapperText(catalog, named, { maxLength: Infinity, observed, whole: true });
  if (text.length <= maxFull) return text;
  const path = `/mcp-tools/servers/${folder}/${named.file}.ts`;
  return `${text.slice(0, maxFull).toWellFormed()}\n// Cut here: ${text.length} characters are in ${path}.\n`;
}

/** One tool by its name; undefined where the catalog has none of it. */
export function showTool(
  catalog: ServerCatalog,
  folder: string,
  name: string,
  detail: ToolDetail,
  observed?: ObservedTypesOf,
): { readonly hit: ToolHit; readonly import: string } | undefined {
  const named = nameTools(catalog).find(({ tool }) => tool.name === name);
  if (named === undefined) return undefined;
  const tool = { catalog, folder, named, observed: observed?.get(named.tool.name) };
  return { hit: toHit(tool, detail), import: importLines([tool]).join('') };
}

/** One import a server, for the functions of its tools. */
export function importLines(tools: readonly ImportableTool[]): string[] {
  const byFolder = Map.groupBy(tools, ({ folder }) => folder);
  return [...byFolder].map(([folder, own]) => {
    const names = own.map(({ named }) => named.identifier).join(', ');
    return `import { ${names} } from ${stringLiteral(`./servers/${folder}`)};`;
  });
}
