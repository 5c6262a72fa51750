import type { SchemaTypes } from '../schema-to-type.ts';

/** Types as a reader needs them who knows what the names mean: inlined, without doc comments. */
export interface CompactType {
  /** The type, on one line. */
  readonly text: string;
  /** What it refers to by name, a declaration a line; empty where it refers to nothing. */
  readonly others: readonly string[];
}

const stringOrComment = /'(?:[^'\\\n]|\\.)*'|\/\*.*?\*\//gsu;
const textOrSpace = /('(?:[^'\\\n]|\\.)*'|\/\*.*?\*\/)|\s+/gsu;
const textOrWordy = /('(?:[^'\\\n]|\\.)*'|\/\*.*?\*\/)|; \}|\{ \[key: string\]: unknown \}/gsu;

export function compactType({ type, declarations }: SchemaTypes): CompactType {
  return { text: oneLine(withoutDocs(type)), others: declared(withoutDocs(declarations)) };
}

function withoutDocs(text: string): string {
  return text.replace(stringOrComment, (found) => (found.startsWith('/**') ? '' : found));
}

/** Each declaration begins a line with `export interface` or `export type`. */
function declared(declarations: string): string[] {
  const each = declarations.split(/^export (?=(?:interface|type) )/mu);
  return each.map(oneLine).filter((text) => text !== '');
}

function oneLine(text: string): string {
  const spaced = text.replace(textOrSpace, (_, kept: string | undefined) => kept ?? ' ').trim();
  return spaced.replace(textOrWordy, (found, kept: string | undefined) => {
    if (kept !== undefined) return kept;
    return found === '; }' ? ' }' : 'object';
  });
}
