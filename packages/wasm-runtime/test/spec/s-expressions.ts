/** Reads the S-expressions of WebAssembly scripts (interpreter/README.md of the specification). */

/** A list, with where its text begins and ends; text outside lists is an atom or a string. */
export interface List {
  readonly items: readonly Expression[];
  readonly start: number;
  readonly end: number;
}
export type Expression = List | { readonly atom: string } | { readonly bytes: Uint8Array };

export const isList = (expression: Expression | undefined): expression is List =>
  expression !== undefined && 'items' in expression;
export const atomOf = (expression: Expression | undefined): string | undefined =>
  expression !== undefined && 'atom' in expression ? expression.atom : undefined;
export const headOf = (list: List): string | undefined => atomOf(list.items[0]);

const escapes: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  r: 13,
  '"': 34,
  "'": 39,
  '\\': 92,
};
const encoder = new TextEncoder();

function unescaped(text: string): Uint8Array {
  const bytes: number[] = [];
  const pattern = /\\u\{([0-9a-fA-F_]+)\}|\\([0-9a-fA-F]{2})|\\(.)|[^\\]+/gsu;
  for (const [plain, unicode, hex, simple] of text.matchAll(pattern)) {
    if (unicode !== undefined) {
      const codePoint = Number.parseInt(unicode.replaceAll('_', ''), 16);
      bytes.push(...encoder.encode(String.fromCodePoint(codePoint)));
    } else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (simple !== undefined) bytes.push(escapes[simple] as number);
    else for (const byte of encoder.encode(plain)) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** What only tools read: (@name …). */
const isAnnotation = (expression: Expression): boolean =>
  isList(expression) && (headOf(expression)?.startsWith('@') ?? false);

/** White space, line comments and block comments without another inside. */
const blank = /(?:\s+|;;[^\n]*|\(;(?:[^;(]|;(?!\))|\((?!;))*;\))+/uy;
const token = /"((?:[^"\\]|\\.)*)"|(?:[^\s()";]|;(?!;))+/suy;

/** All expressions in `text`. */
export function readExpressions(text: string): Expression[] {
  let position = 0;
  const skipBlank = () => {
    blank.lastIndex = position;
    if (blank.test(text)) position = blank.lastIndex;
    if (!text.startsWith('(;', position)) return;
    // A block comment with another inside.
    let depth = 0;
    do {
      const edge = text.slice(position, position + 2);
      depth += edge === '(;' ? 1 : edge === ';)' ? -1 : 0;
      position += edge === '(;' || edge === ';)' ? 2 : 1;
    } while (depth > 0 && position < text.length);
    skipBlank();
  };
  const read = (): Expression => {
    if (text[position] !== '(') {
      token.lastIndex = position;
      const match = token.exec(text);
      if (match === null) throw new Error(`Cannot read ${text.slice(position, position + 40)}.`);
      position = token.lastIndex;
      return match[1] === undefined ? { atom: match[0] } : { bytes: unescaped(match[1]) };
    }
    const start = position++;
    const items: Expression[] = [];
    for (skipBlank(); text[position] !== ')'; skipBlank()) {
      if (position >= text.length) throw new Error(`The list at ${start} has no end.`);
      const item = read();
      if (!isAnnotation(item)) items.push(item);
    }
    return { items, start, end: ++position };
  };
  const expressions: Expression[] = [];
  for (skipBlank(); position < text.length; skipBlank()) expressions.push(read());
  return expressions.filter((expression) => !isAnnotation(expression));
}
