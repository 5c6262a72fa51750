/** A place in a text, as a person counts. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Of what is marked, within that line; at least 1. */
  readonly length: number;
  readonly sourceLine: string;
}

/** A longer line is cut around the place: a whole program may be on one. */
const maxLineChars = 200;

export function placeOf(text: string, start: number, end: number): Place {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const found = text.indexOf('\n', lineStart);
  const lineEnd = found < 0 ? text.length : found;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1))
    line++;
  return {
    line,
    column: start - lineStart + 1,
    length: Math.max(1, Math.min(end, lineEnd) - start),
    sourceLine: text.slice(lineStart, lineEnd).replace(/\r$/u, ''),
  };
}

/** The line and a marker below it. */
export function excerpt({ column, length, sourceLine }: Place): string {
  const from = Math.max(0, column - 1 - maxLineChars / 2);
  const line = sourceLine.slice(from, from + maxLineChars).replaceAll('\t', ' ');
  const before = column - 1 - from;
  const marked = Math.max(1, Math.min(length, line.length - before));
  return `  ${line}\n  ${' '.repeat(before)}${'^'.repeat(marked)}`;
}
