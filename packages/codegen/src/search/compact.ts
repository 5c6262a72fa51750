/** Declarations as a reader needs them who knows what the names mean: inlined, without doc comments. */
export interface CompactType {
  /** The type, on one line. */
  readonly text: string;
  /** What it refers to by name, a declaration a line; empty where it refers to nothing. */
  readonly others: readonly string[];
}

const stringOrComment = /'(?:[^'\\\n]|\\.)*'|\/\*.*?\*\//gsu;
const textOrSpace = /('(?:[^'\\\n]|\\.)*'|\/\*.*?\*\/)|\s+/gsu;
const textOrWordy = /('(?:[^'\\\n]|\\.)*'|\/\*.*?\*\/)|; \}|\{ \[key: string\]: unknown \}/gsu;

/**
 * @param declarations of generated TypeScript, the one of `name` first: each begins a line with
 * `export interface` or `export type`
 */
export function compactType(declarations: string, name: string): CompactType {
  const bare = declarations.replace(stringOrComment, (found) =>
    found.startsWith('/**') ? '' : found,
  );
  const [first = '', ...others] = bare
    .split(/^export (?=(?:interface|type) )/mu)
    .map(oneLine)
    .filter((text) => text !== '');
  const head = first.startsWith('interface ') ? `interface ${name} ` : `type ${name} = `;
  const refersToItself = [first.slice(head.length), ...others].some((text) =>
    new RegExp(`(?<![\\w$'])${name}(?![\\w$'])`, 'u').test(text),
  );
  if (refersToItself) return { text: name, others: [first, ...others] };
  return { text: first.slice(head.length).replace(/;$/u, ''), others };
}

function oneLine(text: string): string {
  const spaced = text.replace(textOrSpace, (_, kept: string | undefined) => kept ?? ' ').trim();
  return spaced.replace(textOrWordy, (found, kept: string | undefined) => {
    if (kept !== undefined) return kept;
    return found === '; }' ? ' }' : 'object';
  });
}
