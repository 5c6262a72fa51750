import { type SyntaxNode, statements } from './syntax-tree.ts';
import { kind } from './typescript.ts';

/** A snippet as a module, and the way back to its places. */
export interface WrappedSnippet {
  readonly text: string;
  /** The place in the snippet of a place in `text`. */
  original(position: number): number;
}

const opening = 'export default async () => {';

/**
 * A bare snippet with a top-level `return` as the module that the sandbox makes of it: imports in
 * front, and the rest in a function. Undefined where the file exports something, and with that is no
 * snippet.
 */
export function wrapSnippet(text: string, root: SyntaxNode): WrappedSnippet | undefined {
  const all = statements(root);
  if (all.some(({ start }) => /^export\b/u.test(text.slice(start, start + 7)))) return undefined;
  let front = '';
  let body = text;
  /** Where in `front` each import begins, and where in the snippet. */
  const moved: { readonly from: number; readonly to: number }[] = [];
  for (const { kind: found, start, end } of all) {
    if (found !== kind.importDeclaration) continue;
    moved.push({ from: start, to: front.length });
    front += `${text.slice(start, end)};`;
    body = body.slice(0, start) + ' '.repeat(end - start) + body.slice(end);
  }
  const shift = front.length + opening.length;
  const hashbang = /^#![^\n]*/u.exec(body)?.[0] ?? '';
  body = ' '.repeat(hashbang.length) + body.slice(hashbang.length);
  return {
    text: `${front}${opening}${body}\n}`,
    original: (position) => {
      if (position >= shift) return Math.min(position - shift, text.length);
      const before = moved.findLast(({ to }) => to <= position);
      return before === undefined ? 0 : Math.min(before.from + position - before.to, text.length);
    },
  };
}
