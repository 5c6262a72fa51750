import { plainLine } from './plain-text.ts';

/**
 * Rows as lines with aligned columns, for a terminal. The last column is not padded, so it may hold
 * text of any width; what does not fit into `width` is cut.
 */
export function columns(rows: readonly (readonly string[])[], width: number): string[] {
  const plain = rows.map((row) => row.map(plainLine));
  const widths = (plain[0] ?? []).map((_, index) =>
    Math.max(...plain.map((row) => row[index]?.length ?? 0)),
  );
  return plain.map((row) => {
    const cells = row.map((cell, index) =>
      index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0),
    );
    const line = cells.join('  ');
    return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`;
  });
}
