import type { HostCall } from '@org/core';
import { type Node, parseSyntax } from '../skills/syntax.ts';

/** The line of the program's source from which a call was made, from 1; undefined where it is not certain. */
export type CallLines = (call: HostCall) => number | undefined;

const unknown: CallLines = () => undefined;

/**
 * Finds the calls that have one place in the source only. A program that imports more than tools can
 * make them elsewhere, so nothing is said of such a one.
 * @param name of the file, which says its language
 */
export async function callLines(name: string, source: string): Promise<CallLines> {
  let body: readonly Node[];
  try {
    ({ body } = await parseSyntax(name, source));
  } catch {
    // What does not parse, such as a snippet with a top-level return, has no lines to show.
    return unknown;
  }
  const imports = body.filter(({ type }) => type === 'ImportDeclaration');
  const bindings = new Map<string, string>();
  for (const { source: from, specifiers } of imports) {
    const folder = /^(?:\.|\/mcp-tools)\/servers\/([^/]+)$/u.exec(from.value)?.[1];
    if (folder === undefined) return unknown;
    for (const { type, local, imported } of specifiers as Node[]) {
      const tool = type === 'ImportNamespaceSpecifier' ? '*' : (imported?.name ?? imported?.value);
      bindings.set(local.name, toolKey(folder, tool));
    }
  }
  const rest = body.filter(({ type }) => type !== 'ImportDeclaration');
  const places = placesOf(rest, bindings);
  return ({ name: host, args }) => {
    const [server = '', tool = ''] = args;
    const keys = host === 'callTool' ? [toolKey(server, tool), toolKey(server, '*'), host] : [host];
    const found = keys.flatMap((key) => places.get(key) ?? []);
    const [place] = found;
    return place === undefined || found.length > 1 ? undefined : lineAt(source, place);
  };
}

/** The same for a tool's own name and its name in the wrappers. */
function toolKey(server: string, tool: string): string {
  const plain = (name: string) => name.replaceAll(/[^\p{L}\p{N}*]/gu, '').toLowerCase();
  return `${plain(server)}.${plain(tool)}`;
}

/** Where each tool or host function is named. */
function placesOf(
  body: readonly Node[],
  bindings: ReadonlyMap<string, string>,
): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const add = (key: string, { start }: Node) =>
    places.set(key, [...(places.get(key) ?? []), start]);
  const waiting: unknown[] = [...body];
  while (waiting.length > 0) {
    const node = waiting.pop() as Node | null;
    if (typeof node !== 'object' || node === null) continue;
    if (node.type === 'CallExpression' && node.callee?.name === 'callTool') {
      const [server, tool] = node.arguments as Node[];
      const literal = typeof server?.value === 'string' && typeof tool?.value === 'string';
      // One whose names are computed can be a call of any tool.
      add(literal ? toolKey(server.value, tool.value) : 'callTool', node);
      waiting.push(...node.arguments);
      continue;
    }
    if (node.type === 'MemberExpression' && node.object?.type === 'Identifier') {
      const namespace = bindings.get(node.object.name);
      const member = node.computed ? node.property?.value : node.property?.name;
      if (namespace?.endsWith('.*') && typeof member === 'string') {
        add(toolKey(namespace.slice(0, -2), member), node);
        continue;
      }
    }
    if (node.type === 'Identifier') add(bindings.get(node.name) ?? node.name, node);
    waiting.push(...Object.values(node));
  }
  return places;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/u).length;
}
