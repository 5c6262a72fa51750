import { counted, parseVfsPath, type ServerCatalog, toolsRoot, type VfsPath } from '@org/core';
import { commentText, docComment, oneLine, stringLiteral } from './escape.ts';
import { manifestText } from './manifest.ts';
import type { ObservedTypesOf } from './observed/observed-types.ts';
import { renderGlobals, renderIndex } from './templates.ts';
import { type NamedTool, nameTools } from './tool-names.ts';
import { wrapperText } from './wrapper.ts';

const maxDescriptionLength = 8_000;
/** Of all wrappers of one server, in characters. */
const maxServerLength = 16_000_000;

export interface GenerateOptions {
  /** How many tools the catalog lacks because the operator's policy denies them. Default 0. */
  readonly deniedTools?: number;
  /** Of results whose type no tool declares. */
  readonly observed?: ObservedTypesOf;
}

/**
 * The wrappers of a server: `/mcp-tools/servers/<folder>/{index.ts,<tool>.ts,manifest.json}`.
 * The same catalog gives the same bytes, in whatever order its tools come. Importing a wrapper
 * runs nothing; calling it calls the global `callTool` with the configured server id and the exact
 * name of the tool.
 * @param folder one of `serverFolders`
 * @param observed types for results of tools that declare none; the others' are not looked at
 * @throws SandboxError `INVALID_PATH`: a folder that is none
 */
export function generateServerFiles(
  catalog: ServerCatalog,
  folder: string,
  { deniedTools = 0, observed = new Map() }: GenerateOptions = {},
): ReadonlyMap<VfsPath, string> {
  const root = parseVfsPath(`servers/${folder}`, toolsRoot);
  const tools = nameTools(catalog);
  const files = new Map<VfsPath, string>();
  const put = (name: string, text: string) => files.set(parseVfsPath(name, root), text);
  const exports = tools.map(exported);
  const doc = indexDoc(catalog, folder, tools, deniedTools);
  put('index.ts', renderIndex({ doc, tools: exports }));
  put('manifest.json', manifestText(catalog, tools));
  let lengthLeft = maxServerLength;
  for (const named of tools) {
    const maxLength = Math.max(0, lengthLeft);
    const known = observed.get(named.tool.name);
    const text = wrapperText(catalog, named, { maxLength, observed: known });
    lengthLeft -= text.length;
    put(`${named.file}.ts`, text);
  }
  return files;
}

/**
 * Text of `/mcp-tools/globals.d.ts`: what every program finds in the sandbox.
 * @param extensions the sandbox's own host functions by name, each with its declaration in
 * TypeScript; that is the host's own text and goes in as it is
 */
export function generateGlobals(
  extensions: Readonly<Record<string, { readonly declaration?: string }>> = {},
): string {
  const declarations = Object.entries(extensions).map(
    ([name, { declaration }]) =>
      declaration?.trim() ??
      `declare function ${name}(...args: JsonValue[]): Promise<JsonValue | undefined>;`,
  );
  return renderGlobals({ declarations });
}

/** Names that would mean something else as the name of an export. */
const notExported = new Set(['', 'default', 'then', '__proto__', '__esModule']);

/** A tool can also be imported by its own name, except by one that no export can have. */
function exported({ tool, identifier, file }: NamedTool): {
  readonly identifier: string;
  readonly file: string;
  readonly alias?: string;
} {
  const { name } = tool;
  const hasAlias = name !== identifier && !notExported.has(name) && name.isWellFormed();
  return { identifier, file, ...(hasAlias && { alias: stringLiteral(name) }) };
}

function indexDoc(
  catalog: ServerCatalog,
  folder: string,
  tools: readonly NamedTool[],
  deniedTools: number,
): string {
  const { name, version } = catalog.serverInfo;
  const instructions = catalog.instructions?.trim() ?? '';
  const count = counted(tools.length, 'tool');
  const refused = catalog.rejected.length;
  const [first] = tools;
  const howTo =
    first === undefined
      ? []
      : [
          ...ownText(`import { ${first.identifier} } from './servers/${folder}';`),
          'A comment that ends in … is cut: searchTools(name, { detail: "full" }) has all of it.',
        ];
  return docComment([
    ...ownText(`Server ${stringLiteral(catalog.server)}: ${count}.`),
    ...howTo,
    ...(deniedTools > 0 ? [`Left out because the policy denies them: ${deniedTools}.`] : []),
    ...(refused > 0 ? [`${refused} more could not be used: manifest.json says why.`] : []),
    '',
    ...ownText(`It calls itself: ${oneLine(`${name} ${version}`, 300)}`),
    ...(instructions === ''
      ? []
      : [
          'The rest of this comment is its own text:',
          '',
          ...commentText(instructions, maxDescriptionLength),
        ]),
  ]);
}

/** Our own words around a name of the server's. */
function ownText(text: string): string[] {
  return commentText(text, 1_000);
}
