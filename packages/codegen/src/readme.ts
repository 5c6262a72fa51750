import { counted, type ServerCatalog } from '@org/core';
import { oneLine, stringLiteral } from './escape.ts';
import { renderReadme } from './templates.ts';
import { nameTools } from './tool-names.ts';

/** A server as the index shows it. */
export interface IndexedServer {
  /** One of `serverFolders`. */
  readonly folder: string;
  /** Left out where it could not be read. */
  readonly catalog?: ServerCatalog;
}

const maxListLength = 6_000;
const maxWordsLength = 100;

/**
 * Text of `/mcp-tools/README.md`: a line for each server, and what else a program can call. The list
 * says so when it is not complete.
 * @param globals text of `globals.d.ts`
 */
export function generateReadme(servers: readonly IndexedServer[], globals: string): string {
  const sorted = [...servers].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  const lines: string[] = [];
  let length = 0;
  for (const server of sorted) {
    const line = serverLine(server);
    length += line.length + 3;
    if (length > maxListLength) break;
    lines.push(line);
  }
  const left = sorted.length - lines.length;
  return renderReadme({
    example: exampleOf(sorted),
    servers: lines,
    left: left === 0 ? '' : counted(left, 'more server is', 'more servers are'),
    functions: hostFunctions(globals).join(', '),
  });
}

function exampleOf(servers: readonly IndexedServer[]) {
  for (const { folder, catalog } of servers) {
    const [first] = catalog === undefined ? [] : nameTools(catalog);
    if (first !== undefined) return { identifier: first.identifier, folder };
  }
  return { identifier: 'tool', folder: '<server>' };
}

function serverLine({ folder, catalog }: IndexedServer): string {
  if (catalog === undefined) return `${folder}: cannot be reached.`;
  const { tools } = catalog;
  const count = counted(tools.length, 'tool');
  const id = catalog.server === folder ? '' : ` (server ${stringLiteral(catalog.server)})`;
  const said = oneLine(withoutHeadings(catalog.instructions ?? ''), maxWordsLength);
  const words = said === '' ? firstNames(catalog) : stringLiteral(said);
  return `${folder}${id}: ${count}${words === '' ? '' : `. ${words}`}`;
}

function withoutHeadings(text: string): string {
  const lines = text.slice(0, 4_000).split('\n');
  return lines.find((line) => !/^\s*(?:#|$)/u.test(line)) ?? '';
}

/** Instead of what a server does not say: some of its tools. */
function firstNames(catalog: ServerCatalog): string {
  let text = '';
  for (const { identifier } of nameTools(catalog)) {
    const longer = text === '' ? identifier : `${text}, ${identifier}`;
    if (longer.length > maxWordsLength) return text === '' ? '' : `${text}, …`;
    text = longer;
  }
  return text;
}

/** Names of the functions that give promises: these go to the host. */
function hostFunctions(globals: string): string[] {
  const declarations = globals.matchAll(/^declare function (\w+)[^;{]*(?:\{[^}]*\}[^;{]*)*;/gmu);
  return Array.from(declarations)
    .filter(([text]) => /: Promise<[^;]*;$/u.test(text))
    .map(([, name = '']) => name);
}
