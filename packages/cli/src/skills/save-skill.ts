import { parseToolPattern, pin } from '@org/bridge';
import {
  isJsonObject,
  parseVfsPath,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type SkillId,
  toolsRoot,
  type VfsPath,
} from '@org/core';
import {
  digestOf,
  metadataFile,
  programFilesFile,
  referenceMarkdown,
  type SavedSkill,
  type SkillFileName,
  type SkillMetadata,
  type SkillStore,
  type SkillTool,
  skillMarkdown,
} from '@org/skill-store';
import type { Program, Sandbox } from '@org/wasm-runtime';
import type { Toolbox } from '../toolbox.ts';
import { exactPattern, toolPattern } from './declared-tools.ts';
import { literalCalls } from './literal-calls.ts';
import { programSignature } from './program-parameters.ts';
import { type ReadTypesOptions, readTypes } from './program-types.ts';
import { skillImport } from './skill-import.ts';
import { skillsServer } from './skill-wrappers.ts';
import { parseSyntax } from './syntax.ts';

export interface SaveOptions {
  readonly id: SkillId;
  /** Of the program, as its author calls it. */
  readonly fileName: string;
  readonly source: string;
  readonly description: string | undefined;
  /** Patterns of tools; left out: those that the program imports or names in `callTool`. */
  readonly allow: readonly string[] | undefined;
  /** Name and version of the command line. */
  readonly createdWith: string;
  readonly types: ReadTypesOptions;
}

/**
 * Compiles a program, notes what it takes, gives and calls, and saves it all as a skill. Nothing of
 * it is run. A cassette that the skill has stays.
 * @throws SandboxError as compiling and `readTypes` do, `UNKNOWN_SERVER`, `USAGE`
 */
export async function saveProgram(
  store: SkillStore,
  sandbox: Sandbox,
  toolbox: Toolbox,
  options: SaveOptions,
): Promise<SavedSkill & { readonly metadata: SkillMetadata }> {
  const { id, fileName, source } = options;
  const named = { name: fileName, source };
  const reading = readTypes(toolbox.files, named, options.types);
  // What does not compile is told first.
  reading.catch(() => {});
  const program = await sandbox.compile(source, { name: fileName });
  const module = await program.toModule();
  const syntax = await parseSyntax(fileName, source);
  const signature = programSignature(syntax, await reading);
  const called = [...(await importedTools(program, toolbox)), ...literalCalls(syntax)];
  const servers = [...toolbox.bridge.servers, skillsServer];
  const allow = [
    ...new Set(
      options.allow?.map((text) => toolPattern(text, servers)) ??
        called.map(([server, tool]) => exactPattern(server, tool)).sort(),
    ),
  ];
  const { tools, catalogs } = await allowedTools(allow, toolbox);
  const metadata: SkillMetadata = {
    name: id,
    description: options.description ?? signature.description ?? `Runs the program ${fileName}.`,
    kind: 'program',
    created: new Date().toISOString(),
    createdWith: options.createdWith,
    sourceDigest: digestOf(Buffer.from(source)),
    engineDigest: sandbox.engineDigest,
    parameters: signature.parameters,
    ...(signature.result !== undefined && { result: signature.result }),
    ...(signature.resultSchema !== undefined && { resultSchema: signature.resultSchema }),
    allow,
    tools,
    servers: catalogs.map(serverOf),
  };
  const imports = new Map<VfsPath, string>();
  for (const { path } of program.imports) {
    if (!imports.has(path)) imports.set(path, await toolbox.files.readFile(path));
  }
  const files = new Map<SkillFileName, Uint8Array>([
    ['SKILL.md', Buffer.from(skillMarkdown(metadata))],
    ['REFERENCE.md', Buffer.from(referenceMarkdown(metadata, skillImport(metadata.name)))],
    ['metadata.json', metadataFile(metadata)],
    ['vfs.json', programFilesFile({ name: fileName, source, imports })],
    ['module.wasm', module],
  ]);
  const cassette = await cassetteOf(store, id);
  if (cassette !== undefined) files.set('cassette.json', cassette);
  return { ...(await store.save(id, files)), metadata };
}

async function cassetteOf(store: SkillStore, id: SkillId): Promise<Uint8Array | undefined> {
  try {
    return (await store.read(id)).files.get('cassette.json');
  } catch (error) {
    // What is damaged is replaced.
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

const serverOf = ({ server, serverInfo }: ServerCatalog) => ({
  id: server,
  name: serverInfo.name,
  version: serverInfo.version,
});

const skillWrapper = /^\/mcp-tools\/skills\/([^/]+)\/index\.ts$/u;
const wrapper = /^\/mcp-tools\/servers\/([^/]+)\/([^/]+\.ts)$/u;

/** Server and tool of each wrapper whose code is in the bundle. */
async function importedTools(
  program: Program,
  toolbox: Toolbox,
): Promise<(readonly [string, string])[]> {
  const { sources } = JSON.parse(program.map) as { sources: string[] };
  const found: (readonly [string, string])[] = [];
  for (const source of sources) {
    const [, skill] = skillWrapper.exec(source) ?? [];
    if (skill !== undefined) found.push([skillsServer, skill]);
    const [, folder, file] = wrapper.exec(source) ?? [];
    if (folder === undefined) continue;
    const path = parseVfsPath(`servers/${folder}/manifest.json`, toolsRoot);
    const manifest = JSON.parse(await toolbox.files.readFile(path));
    const tool = manifest.tools.find((one: unknown) => isJsonObject(one) && one.file === file);
    if (tool !== undefined) found.push([manifest.server, tool.name]);
  }
  return found;
}

/** The tools that are there and that the patterns name, and the catalogs that they are in. */
async function allowedTools(
  allow: readonly string[],
  { bridge }: Toolbox,
): Promise<{ tools: SkillTool[]; catalogs: ServerCatalog[] }> {
  const known = [...bridge.servers, skillsServer];
  const patterns = allow.map((text) => parseToolPattern(text, known));
  const reached = bridge.servers.filter((id) => patterns.some((one) => one.matchesServer(id)));
  const catalogs = await Promise.all(reached.map((id: ServerId) => bridge.catalog(id)));
  const tools = catalogs.flatMap(({ server, tools: all }) =>
    all
      .filter(({ name }) => patterns.some((pattern) => pattern.matches(server, name)))
      .map((tool) => ({ server, tool: tool.name, ...pin(tool) })),
  );
  return { tools, catalogs };
}

type ServerSkillOptions = Pick<SaveOptions, 'id' | 'description' | 'createdWith'>;

/** What the documentation of a server says. */
export function serverMetadata(
  catalog: ServerCatalog,
  { id, description, createdWith }: ServerSkillOptions,
): SkillMetadata {
  const { server, tools } = catalog;
  const few = tools.slice(0, 8).map(({ name }) => name);
  const more = tools.length > few.length ? ' and others' : '';
  return {
    name: id,
    description:
      description ??
      `Tools of the MCP server ${server}: ${few.join(', ')}${more}. Use when a task needs them.`,
    kind: 'server',
    created: new Date().toISOString(),
    createdWith,
    parameters: {},
    allow: [],
    tools: tools.map((tool) => ({ server, tool: tool.name, ...pin(tool) })),
    servers: [serverOf(catalog)],
  };
}

/** Saves the documentation of a server as a skill. @throws SandboxError as `store.save` does */
export async function saveServer(
  store: SkillStore,
  catalog: ServerCatalog,
  options: ServerSkillOptions,
): Promise<SavedSkill & { readonly metadata: SkillMetadata }> {
  const metadata = serverMetadata(catalog, options);
  const files = new Map<SkillFileName, Uint8Array>([
    ['SKILL.md', Buffer.from(skillMarkdown(metadata))],
    ['REFERENCE.md', Buffer.from(referenceMarkdown(metadata))],
    ['metadata.json', metadataFile(metadata)],
  ]);
  return { ...(await store.save(options.id, files)), metadata };
}
