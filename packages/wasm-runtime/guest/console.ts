/** The global `console`. None of its methods throws. */
import { elapsed } from './clock.ts';
import {
  charCodeAt,
  create,
  keys,
  padEnd,
  slice,
  stringify,
  toNumber,
  toText,
  trunc,
} from './intrinsics.ts';
import { show, write } from './log.ts';

const maxRows = 1_000;
let indent = '';

function safely(convert: (value: unknown) => unknown, value: unknown): string {
  try {
    return toText(convert(value));
  } catch {
    return show(value);
  }
}

/** What `%s` and its like in the first text make of a value; undefined where it is none of them. */
function formatted(specifier: string, value: unknown): string | undefined {
  if (specifier === 's' || specifier === 'o' || specifier === 'O') return show(value);
  if (specifier === 'd' || specifier === 'f') return safely(toNumber, value);
  if (specifier === 'i') return safely((number) => trunc(toNumber(number)), value);
  if (specifier === 'j') return safely((json) => stringify(json), value);
  if (specifier === 'c') return '';
  return undefined;
}

function joined(values: readonly unknown[]): string {
  let next = 1;
  let text = '';
  const format = values[0];
  if (typeof format === 'string' && values.length > 1) {
    let from = 0;
    for (let index = 0; index < format.length - 1; index++) {
      if (charCodeAt(format, index) !== 37) continue;
      const specifier = format[index + 1] as string;
      const shown =
        specifier === '%'
          ? '%'
          : next < values.length
            ? formatted(specifier, values[next])
            : undefined;
      if (shown === undefined) continue;
      if (specifier !== '%') next++;
      text += slice(format, from, index) + shown;
      index++;
      from = index + 1;
    }
    text += slice(format, from);
  } else if (values.length > 0) {
    text = show(format);
  }
  for (let index = next; index < values.length; index++) text += ` ${show(values[index])}`;
  return text;
}

function put(level: string, text: string): void {
  if (indent === '') return write(level, text);
  let lines = '';
  let from = 0;
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && text[index] !== '\n') continue;
    lines += (from === 0 ? '' : '\n') + indent + slice(text, from, index);
    from = index + 1;
  }
  write(level, lines);
}

const line =
  (level: string) =>
  (...values: unknown[]): void =>
    put(level, joined(values));

const info = line('info');
const error = line('error');

/** Rows under named columns, as text; undefined for what has no rows. */
function table(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const names = keys(data);
  if (names.length === 0) return undefined;
  const index = '(index)';
  const values = 'Values';
  const columns: string[] = [index];
  const widths: Record<string, number> = create(null);
  const rows: Record<string, string>[] = [];
  const set = (row: Record<string, string>, column: string, text: string) => {
    row[column] = text;
    if (widths[column] === undefined) {
      widths[column] = column.length;
      if (column !== index) columns[columns.length] = column;
    }
    if (text.length > (widths[column] as number)) widths[column] = text.length;
  };
  for (let at = 0; at < names.length && at < maxRows; at++) {
    const name = names[at] as string;
    const value = (data as Record<string, unknown>)[name];
    const row: Record<string, string> = create(null);
    set(row, index, name);
    if (typeof value === 'object' && value !== null) {
      const cells = keys(value);
      for (let cell = 0; cell < cells.length; cell++) {
        const column = cells[cell] as string;
        set(row, column, show((value as Record<string, unknown>)[column]));
      }
    } else {
      set(row, values, show(value));
    }
    rows[at] = row;
  }
  const written = (cells: Record<string, string>, fill: string) => {
    let text = '';
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at] as string;
      text += `| ${padEnd(cells[column] ?? '', widths[column] as number, fill)} `;
    }
    return `${text}|`;
  };
  const head: Record<string, string> = create(null);
  for (let at = 0; at < columns.length; at++) head[columns[at] as string] = columns[at] as string;
  let text = `${written(head, ' ')}\n${written(create(null), '-')}`;
  for (let at = 0; at < rows.length; at++) {
    text += `\n${written(rows[at] as Record<string, string>, ' ')}`;
  }
  return names.length > maxRows ? `${text}\n… ${names.length - maxRows} more` : text;
}

const counts: Record<string, number> = create(null);
const started: Record<string, number> = create(null);

function passed(label: unknown, rest: string): void {
  const name = show(label);
  const from = started[name];
  if (from === undefined) return put('warn', `No timer ${name} was started.`);
  put('info', `${name}: ${elapsed() - from} ms${rest}`);
}

function group(...values: unknown[]): void {
  if (values.length > 0) put('info', joined(values));
  if (indent.length < 40) indent += '  ';
}

export const console = {
  debug: line('debug'),
  log: info,
  info,
  warn: line('warn'),
  error,
  trace: line('debug'),
  dir: (value: unknown) => info(value),
  table(data: unknown): void {
    let text: string | undefined;
    try {
      text = table(data);
    } catch {
      // A getter threw: it is shown as any other value.
    }
    if (text === undefined) info(data);
    else put('info', text);
  },
  group,
  groupCollapsed: group,
  groupEnd(): void {
    indent = slice(indent, 2);
  },
  assert(condition: unknown, ...values: unknown[]): void {
    if (!condition)
      put('error', `Assertion failed${values.length > 0 ? `: ${joined(values)}` : ''}`);
  },
  count(label: unknown = 'default'): void {
    const key = show(label);
    counts[key] = (counts[key] ?? 0) + 1;
    info(`${key}: ${stringify(counts[key])}`);
  },
  countReset(label: unknown = 'default'): void {
    delete counts[show(label)];
  },
  /** Of the run's clock, which stands still while the program computes. */
  time(label: unknown = 'default'): void {
    started[show(label)] = elapsed();
  },
  timeLog: (label: unknown = 'default', ...values: unknown[]) =>
    passed(label, values.length > 0 ? ` ${joined(values)}` : ''),
  timeEnd(label: unknown = 'default'): void {
    passed(label, '');
    delete started[show(label)];
  },
};
