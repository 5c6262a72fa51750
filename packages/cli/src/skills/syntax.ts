/** A node of the syntax tree, as ESTree and its extension for TypeScript have it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of node has members of its own.
  readonly [member: string]: any;
}

interface Comment {
  readonly type: 'Line' | 'Block';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Syntax {
  readonly text: string;
  readonly body: readonly Node[];
  readonly comments: readonly Comment[];
}

/** The syntax tree of a program that compiles. */
export async function parseSyntax(name: string, text: string): Promise<Syntax> {
  const { parseSync } = await import('rolldown/utils');
  const lang = /\.[cm]?js$/u.test(name) ? 'js' : 'ts';
  const { program, comments } = parseSync(name, text, { lang, sourceType: 'module' });
  return { text, body: program.body as unknown as Node[], comments };
}

/** What the file exports as `default`: the function or expression; undefined where it does not. */
export function defaultExport({ body }: Syntax): Node | undefined {
  const exported = body.find(({ type }) => type === 'ExportDefaultDeclaration')
    ?.declaration as Node;
  if (exported?.type !== 'Identifier') return exported;
  return declarationOf(body, exported.name) ?? exported;
}

/** The value or function that a name of the file stands for. */
function declarationOf(body: readonly Node[], name: string): Node | undefined {
  for (const statement of body) {
    const node: Node = statement.declaration ?? statement;
    if (node.type === 'FunctionDeclaration' && node.id?.name === name) return node;
    if (node.type !== 'VariableDeclaration') continue;
    const found = node.declarations.find((one: Node) => one.id.name === name);
    if (found !== undefined) return found.init ?? undefined;
  }
  return undefined;
}

/** Text of the doc comment that stands right before `node`, without its tags. */
function docComment({ text, comments }: Syntax, node: Node): string | undefined {
  const comment = comments.findLast(({ end }) => end <= node.start);
  if (comment?.type !== 'Block' || !comment.value.startsWith('*')) return undefined;
  if (
    text
      .slice(comment.end, node.start)
      .trim()
      .replace(/^export$/u, '') !== ''
  )
    return undefined;
  const lines = comment.value.split('\n').map((line) => line.replace(/^\s*\*+ ?/u, '').trim());
  const tag = lines.findIndex((line) => line.startsWith('@'));
  const words = (tag < 0 ? lines : lines.slice(0, tag)).join(' ').replaceAll(/\s+/gu, ' ').trim();
  return words === '' ? undefined : words;
}

/** Text of the doc comment of the program's default export. */
export function programDoc(syntax: Syntax): string | undefined {
  const exported = defaultExport(syntax);
  const statement = syntax.body.find(({ type }) => type === 'ExportDefaultDeclaration');
  const declared = syntax.body.find(
    (node) => exported !== undefined && node.start <= exported.start && exported.end <= node.end,
  );
  const places = [statement, declared].filter((node) => node !== undefined);
  return places.map((node) => docComment(syntax, node)).find((text) => text !== undefined);
}
