/** A place in a text, as a person counts. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Of what is marked, within that line; at least 1. */
  readonly length: number;
  /** The part of the line that is shown: a whole program may be on one. */
  readonly sourceLine: string;
}

const maxShownChars = 200;

/** How many characters of a line are left out before the part that is shown. */
function leftOut(column: number): number {
  return column > 150 ? column - 101 : 0;
}

export function placeOf(text: string, start: number, end: number): Place {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const found = text.indexOf('\n', lineStart);
  const lineEnd = found < 0 ? text.length : found;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) {
    line++;
  }
  const column = start - lineStart + 1;
  const from = lineStart + leftOut(column);
  return {
    line,
    column,
    length: Math.max(1, Math.min(end, lineEnd) - start),
    sourceLine: text.slice(from, Math.min(lineEnd, from + maxShownChars)).replace(/\r$/u, ''),
  };
}

/** The line and a marker below it. */
export function excerpt({ column, length, sourceLine }: Place): string {
  const before = column - 1 - leftOut(column);
  const marked = Math.max(1, Math.min(length, sourceLine.length - before));
  return `  ${sourceLine.replaceAll('\t', ' ')}\n  ${' '.repeat(before)}${'^'.repeat(marked)}`;
}
