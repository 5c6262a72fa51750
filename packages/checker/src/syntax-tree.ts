import { kind, treeLayout } from './typescript.ts';

/** A node of a syntax tree; places in UTF-16 units. */
export class SyntaxNode {
  readonly kind: number;
  readonly end: number;
  /** Undefined for the root. */
  readonly parent: SyntaxNode | undefined;
  /** In the order of the text. Lists are nodes, too. */
  readonly children: SyntaxNode[] = [];
  readonly #text: string;
  readonly #position: number;
  #start: number | undefined;

  constructor(text: string, own: number, position: number, end: number, parent?: SyntaxNode) {
    this.kind = own;
    this.end = end;
    this.parent = parent;
    this.#text = text;
    this.#position = position;
  }

  /** Where its text begins, blanks and comments before it left out. */
  get start(): number {
    this.#start ??= tokenStart(this.#text, this.#position);
    return this.#start;
  }

  get text(): string {
    return this.#text.slice(this.start, this.end);
  }
}

/** Where the next token begins at or after `position`. */
function tokenStart(text: string, position: number): number {
  const blank = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//uy;
  let at = position;
  for (blank.lastIndex = at; blank.test(text); at = blank.lastIndex);
  return at;
}

/**
 * Reads the compiler's encoding of the syntax tree of `text`.
 * @param data base64, as the API gives it
 */
export function decodeTree(data: string, text: string): SyntaxNode {
  const bytes = Buffer.from(data, 'base64');
  const begin = bytes.readUInt32LE(treeLayout.nodesField);
  // The first one is a place holder; the second one is the file.
  const nodes: (SyntaxNode | undefined)[] = [undefined];
  for (
    let at = begin + treeLayout.nodeBytes;
    at + treeLayout.nodeBytes <= bytes.length;
    at += treeLayout.nodeBytes
  ) {
    const parent = nodes[bytes.readUInt32LE(at + treeLayout.parent)];
    const node = new SyntaxNode(
      text,
      bytes.readUInt32LE(at + treeLayout.kind),
      bytes.readUInt32LE(at + treeLayout.start),
      bytes.readUInt32LE(at + treeLayout.end),
      parent,
    );
    parent?.children.push(node);
    nodes.push(node);
  }
  const root = nodes[1];
  if (root === undefined) throw new Error('The syntax tree is empty.');
  return root;
}

/** The smallest node that holds the place from `start` to `end`. */
export function nodeAt(root: SyntaxNode, start: number, end: number): SyntaxNode {
  let node: SyntaxNode = root;
  for (;;) {
    const inner = node.children.find((child) => child.start <= start && end <= child.end);
    if (inner === undefined) return node;
    node = inner;
  }
}

/** The statements of a file. */
export function statements(root: SyntaxNode): readonly SyntaxNode[] {
  return root.children.find((child) => child.kind === kind.list)?.children ?? [];
}

/** Every node, parents first, otherwise in the order of the text. */
export function* allNodes(root: SyntaxNode): Generator<SyntaxNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (const child of node.children.toReversed()) waiting.push(child);
  }
}
