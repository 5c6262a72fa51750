import { parseVfsPath, toolsRoot } from '@org/core';
import { allNodes, type SyntaxNode, statements } from './syntax-tree.ts';
import { signatureOf } from './tool-signature.ts';
import { kind } from './typescript.ts';

interface ImportedTool {
  /** Folder of the server's wrappers. */
  readonly folder: string;
  /** As the wrappers export it. */
  readonly name: string;
}

/** Texts of files that the compiler has read. */
export interface ReadFiles {
  readonly read: readonly string[];
  text(path: string): string | undefined;
}

const unquoted = (text: string) => text.replaceAll(/^(['"])(.*)\1$/gsu, '$2');

/** What a program imports from the wrappers of servers, by the names that it uses. */
export class ImportedTools {
  readonly #tools = new Map<string, ImportedTool>();
  /** Names that stand for a whole server, with its folder. */
  readonly #servers = new Map<string, string>();
  readonly #files: ReadFiles;

  constructor(root: SyntaxNode, files: ReadFiles) {
    this.#files = files;
    for (const statement of statements(root)) {
      if (statement.kind === kind.importDeclaration) this.#add(statement);
    }
  }

  #add(statement: SyntaxNode): void {
    const specifier = statement.children.find((child) => child.kind === kind.stringLiteral);
    const folder = serverFolder(unquoted(specifier?.text ?? ''));
    if (folder === undefined) return;
    for (const node of allNodes(statement)) {
      const names = node.children.filter(
        (child) => child.kind === kind.identifier || child.kind === kind.stringLiteral,
      );
      if (node.kind === kind.importSpecifier) {
        const [name = '', local = name] = names.map((child) => unquoted(child.text));
        this.#tools.set(local, { folder, name });
      } else if (node.kind === kind.namespaceImport) {
        this.#servers.set(names[0]?.text ?? '', folder);
      }
    }
  }

  /** The signature of the tool whose call `node` is in, the innermost one. */
  signatureAt(node: SyntaxNode): string | undefined {
    for (let one: SyntaxNode | undefined = node; one !== undefined; one = one.parent) {
      if (one.kind !== kind.call) continue;
      const tool = this.#called(one.children[0]);
      if (tool !== undefined) return this.#signature(tool);
    }
    return undefined;
  }

  /** The signature of the tool that the value `node` is the result of, or was initialised with. */
  signatureOfValue(node: SyntaxNode, root: SyntaxNode): string | undefined {
    const within = this.#firstCall(node);
    if (within !== undefined || node.kind !== kind.identifier) return within;
    for (const one of allNodes(root)) {
      const isDeclaration = one.kind === kind.variableDeclaration;
      if (isDeclaration && one.children[0]?.text === node.text) return this.#firstCall(one);
    }
    return undefined;
  }

  #firstCall(within: SyntaxNode): string | undefined {
    for (const node of allNodes(within)) {
      const tool = node.kind === kind.call ? this.#called(node.children[0]) : undefined;
      if (tool !== undefined) return this.#signature(tool);
    }
    return undefined;
  }

  /** The signature of the tool one of whose types `message` names. */
  signatureIn(message: string): string | undefined {
    const types = new Set(message.match(/\b[A-Z]\w*(?:Params|Result)\w*\b/gu));
    for (const path of types.size === 0 ? [] : this.#files.read) {
      const text = this.#files.text(path) ?? '';
      const name = /^export function ([\w$]+)\(/mu.exec(text)?.[1];
      if (name === undefined || !path.startsWith(`${toolsRoot}/servers/`)) continue;
      for (const type of types) {
        if (new RegExp(`^export (?:interface|type) ${type}\\b`, 'mu').test(text)) {
          return signatureOf(text, name);
        }
      }
    }
    return undefined;
  }

  #called(callee: SyntaxNode | undefined): ImportedTool | undefined {
    if (callee === undefined) return undefined;
    if (callee.kind === kind.identifier) return this.#tools.get(callee.text);
    const [server, property] = callee.children;
    const folder = this.#servers.get(server?.text ?? '');
    if (folder === undefined || property === undefined) return undefined;
    return { folder, name: unquoted(property.text) };
  }

  #signature({ folder, name }: ImportedTool): string | undefined {
    const index = this.#files.text(`${folder}/index.ts`) ?? '';
    // A name that is no identifier is exported beside one: `x as 'the-name'`.
    const alias = index
      .split(/[,{}]/u)
      .map((entry) => /^\s*([\w$]+) as (['"]?)(.+)\2\s*$/u.exec(entry))
      .find((entry) => entry?.[3] === name)?.[1];
    for (const path of this.#files.read) {
      if (!path.startsWith(`${folder}/`)) continue;
      const text = this.#files.text(path) ?? '';
      const found = signatureOf(text, alias ?? name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Folder of the wrappers that a program imports by `specifier`. */
export function serverFolder(specifier: string): string | undefined {
  try {
    const path = parseVfsPath(specifier, toolsRoot);
    return /^\/mcp-tools\/servers\/[^/]+/u.exec(path)?.[0];
  } catch {
    return undefined;
  }
}
