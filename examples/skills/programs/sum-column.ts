import { read_text_file } from './servers/files';

interface Options {
  /** A CSV file whose first line names its columns. */
  file: string;
  /** Column of the numbers. */
  column: string;
  /** Column to group by; left out: all rows together. */
  by?: string;
}

/** Sums a column of a CSV file, by the values of another one. Use for totals of exports and reports. */
export default async function sumColumn({
  file,
  column,
  by,
}: Options): Promise<Record<string, number>> {
  const { content } = await read_text_file({ path: file });
  const [head, ...rows] = content
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const place = (name: string) => {
    const index = head.indexOf(name);
    if (index < 0) throw new Error(`There is no column ${name}: there are ${head.join(', ')}.`);
    return index;
  };
  const [value, group] = [place(column), by === undefined ? undefined : place(by)];
  const sums: Record<string, number> = {};
  for (const row of rows) {
    const name = group === undefined ? 'all' : row[group];
    // In hundredths, so that 0.1 + 0.2 is 0.3.
    sums[name] = (Math.round((sums[name] ?? 0) * 100) + Math.round(Number(row[value]) * 100)) / 100;
  }
  return sums;
}
