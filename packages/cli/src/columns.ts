import { plainLine } from './plain-text.ts';
import { cutToWidth, padToWidth, textWidth } from './text-width.ts';

export interface ColumnsOptions {
  /** Of the terminal, in columns. */
  readonly width: number;
  /** Columns, by index, that are left out where the last one would have little room, in this order. */
  readonly spare?: readonly number[];
  /** A cell in colour; it is cut and padded already. */
  readonly paint?: (cell: string, column: number) => string;
}

const gap = '  ';
/** What the last column has room for at least, while another one can make way for it. */
const littleRoom = 16;

/** Rows as lines with aligned columns, for a terminal. What does not fit is cut. */
export function columns(rows: readonly (readonly string[])[], options: ColumnsOptions): string[] {
  const { width, spare = [], paint = (cell) => cell } = options;
  const plain = rows.map((row) => row.map(plainLine));
  const all = (plain[0] ?? []).map((_, column) => ({
    column,
    needs: Math.max(...plain.map((row) => textWidth(row[column] ?? ''))),
  }));
  let shown = all;
  const room = () =>
    width - shown.slice(0, -1).reduce((sum, { needs }) => sum + needs + gap.length, 0);
  const wanted = Math.min(littleRoom, all.at(-1)?.needs ?? 0);
  for (const column of spare) {
    if (room() >= wanted) break;
    shown = shown.filter((one) => one.column !== column);
  }
  return plain.map((row) => {
    let left = width;
    const cells = shown.map(({ column, needs }, index) => {
      const isLast = index === shown.length - 1;
      const cut = cutToWidth(row[column] ?? '', Math.max(0, left));
      left -= needs + gap.length;
      const cell = isLast || left <= 0 ? cut : padToWidth(cut, needs) + gap;
      return paint(cell, column);
    });
    return cells.join('');
  });
}
