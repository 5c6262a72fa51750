import {
  parseVfsPath,
  type ServerCatalog,
  type ToolAnnotations,
  toolsRoot,
  type VfsPath,
} from '@org/core';
import { commentText, docComment, oneLine, stringLiteral } from './escape.ts';
import { manifestText } from './manifest.ts';
import { schemaToTypes } from './schema-to-type.ts';
import { renderGlobals, renderIndex, renderWrapper } from './templates.ts';
import { type NamedTool, nameTools } from './tool-names.ts';

const maxDescriptionLength = 8_000;
/** Of the types of one schema, in characters; the types of what is beyond are `unknown`. */
const maxTypesLength = 200_000;
/** Of all wrappers of one server, in characters. */
const maxServerLength = 16_000_000;

export interface GenerateOptions {
  /** How many tools the catalog lacks because the operator's policy denies them. Default 0. */
  readonly deniedTools?: number;
}

/**
 * The wrappers of a server: `/mcp-tools/servers/<folder>/{index.ts,<tool>.ts,manifest.json}`.
 * The same catalog gives the same bytes, in whatever order its tools come. Importing a wrapper
 * runs nothing; calling it calls the global `callTool` with the configured server id and the exact
 * name of the tool.
 * @param folder one of `serverFolders`
 * @throws SandboxError `INVALID_PATH`: a folder that is none
 */
export function generateServerFiles(
  catalog: ServerCatalog,
  folder: string,
  { deniedTools = 0 }: GenerateOptions = {},
): ReadonlyMap<VfsPath, string> {
  const root = parseVfsPath(`servers/${folder}`, toolsRoot);
  const tools = nameTools(catalog);
  const files = new Map<VfsPath, string>();
  const put = (name: string, text: string) => files.set(parseVfsPath(name, root), text);
  put('index.ts', renderIndex({ doc: indexDoc(catalog, tools, deniedTools), tools }));
  put('manifest.json', manifestText(catalog, tools));
  let lengthLeft = maxServerLength;
  for (const named of tools) {
    const text = wrapperText(catalog, named, Math.max(0, lengthLeft));
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

function wrapperText(catalog: ServerCatalog, named: NamedTool, lengthLeft: number): string {
  const { tool, identifier, paramsType, resultType } = named;
  const taken = new Set([identifier, paramsType, resultType]);
  const maxLength = Math.min(maxTypesLength, lengthLeft);
  const params = schemaToTypes(tool.inputSchema, {
    name: paramsType,
    isParams: true,
    taken,
    maxLength,
  });
  const result =
    tool.outputSchema === undefined
      ? `export type ${resultType} = unknown;\n`
      : schemaToTypes(tool.outputSchema, { name: resultType, isParams: false, taken, maxLength })
          .declarations;
  return renderWrapper({
    doc: wrapperDoc(catalog, named, Math.min(maxDescriptionLength, lengthLeft)),
    identifier,
    paramsType,
    paramsOptional: params.acceptsEmptyObject,
    resultType,
    server: stringLiteral(catalog.server),
    tool: stringLiteral(tool.name),
    params: params.declarations,
    result,
  });
}

function wrapperDoc(catalog: ServerCatalog, named: NamedTool, maxLength: number): string {
  const { tool, collidesWith } = named;
  const words = tool.description ?? tool.title ?? '';
  const lines = words.trim() === '' || maxLength < 1 ? [] : commentText(words, maxLength);
  if (lines.length > 0) lines.push('');
  const origin = `Tool ${stringLiteral(tool.name)} of server ${stringLiteral(catalog.server)}`;
  lines.push(
    ...ownText(words.trim() === '' ? `${origin}.` : `${origin}, in the server's own words.`),
  );
  const hints = hintWords(tool.annotations);
  if (hints !== '') lines.push(`The server says: ${hints}.`);
  if (tool.requiresTask) lines.push('It only runs as a task, so a plain call of it fails.');
  if (collidesWith !== undefined) {
    lines.push(
      ...ownText(`Numbered because ${stringLiteral(collidesWith)} has the name without a number.`),
    );
  }
  return docComment(lines);
}

function indexDoc(
  catalog: ServerCatalog,
  tools: readonly NamedTool[],
  deniedTools: number,
): string {
  const { name, version } = catalog.serverInfo;
  const instructions = catalog.instructions?.trim() ?? '';
  const count = tools.length === 1 ? '1 tool' : `${tools.length} tools`;
  const refused = catalog.rejected.length;
  return docComment([
    ...ownText(`Server ${stringLiteral(catalog.server)}: ${count}.`),
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

function hintWords(annotations: ToolAnnotations = {}): string {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  const words = [
    readOnlyHint === true && 'it only reads',
    readOnlyHint === false && destructiveHint === true && 'it may destroy or overwrite',
    readOnlyHint === false && destructiveHint === false && 'it only adds',
    readOnlyHint === false && idempotentHint === true && 'repeating a call changes nothing more',
    openWorldHint === true && 'it reaches outside systems',
  ];
  return words.filter((word) => word !== false).join('; ');
}
