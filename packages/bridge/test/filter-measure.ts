// What the built-in filter finds in the corpus, counted.

import { findContent } from '../src/filter/find.ts';
import { mapJson } from '../src/filter/json-text.ts';
import { contentKinds, type Finding } from '../src/filter/kinds.ts';
import { nothings, positives, type Sample } from './filter-corpus.ts';

const options = { kinds: new Set(contentKinds), patterns: [], tokenKinds: new Set<string>() };

interface Found {
  readonly kind: string;
  readonly text: string;
}

function findingsIn(value: unknown): Found[] {
  const found: Found[] = [];
  const note = (text: string, findings: readonly Finding[]) => {
    for (const { start, end, kind } of findings) found.push({ kind, text: text.slice(start, end) });
    return undefined;
  };
  mapJson(JSON.stringify(value), {
    string: (text, key) => note(text, findContent(text, options, key)),
    number: (text, key) => note(text, findContent(text, options, key)),
  });
  return found;
}

interface Counts {
  readonly samples: number;
  /** Found as a whole, as its kind. */
  readonly found: number;
  /** Findings of this kind of what was not wanted. */
  readonly wrong: number;
}

export interface Measured {
  readonly kinds: Readonly<Record<string, Counts>>;
  /** By kind and form. */
  readonly forms: Readonly<Record<string, Counts>>;
  /** By class of texts without anything to find: how many had a finding all the same. */
  readonly nothings: Readonly<Record<string, { readonly samples: number; readonly hit: number }>>;
}

export function measure(): Measured {
  const kinds: Record<string, Counts> = {};
  const forms: Record<string, Counts> = {};
  const classes: Record<string, { samples: number; hit: number }> = {};
  const add = (into: Record<string, Counts>, name: string, more: Partial<Counts>) => {
    const { samples = 0, found = 0, wrong = 0 } = into[name] ?? {};
    into[name] = {
      samples: samples + (more.samples ?? 0),
      found: found + (more.found ?? 0),
      wrong: wrong + (more.wrong ?? 0),
    };
  };
  for (const { group, form, value, wanted } of positives as readonly Required<Sample>[]) {
    const all = findingsIn(value);
    // What stands around may be found along, such as the scheme of a token.
    const right = all.filter(({ kind, text }) => kind === group && text.includes(wanted));
    const counts = { samples: 1, found: right.length > 0 ? 1 : 0 };
    add(kinds, group, counts);
    add(forms, `${group}: ${form.slice(0, form.lastIndexOf(', '))}`, counts);
    for (const found of all) if (!right.includes(found)) add(kinds, found.kind, { wrong: 1 });
  }
  for (const { group, value } of nothings) {
    const all = findingsIn(value);
    const { samples = 0, hit = 0 } = classes[group] ?? {};
    classes[group] = { samples: samples + 1, hit: hit + (all.length > 0 ? 1 : 0) };
    for (const { kind } of all) add(kinds, kind, { wrong: 1 });
  }
  return { kinds, forms, nothings: classes };
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** The tables of docs/filter.md. */
export function tables({ kinds, forms, nothings: classes }: Measured): string {
  const sum = Object.values(kinds).reduce((all, { samples }) => all + samples, 0);
  const none = Object.values(classes).reduce((all, { samples }) => all + samples, 0);
  return [
    `${sum} texts with something to find, ${none} without.\n`,
    table(
      ['kind', 'texts', 'found', 'recall', 'found wrongly', 'precision'],
      Object.entries(kinds).map(([kind, { samples, found, wrong }]) => [
        kind,
        samples,
        found,
        percent(found, samples),
        wrong,
        percent(found, found + wrong),
      ]),
    ),
    'Forms that are not always found:\n',
    table(
      ['kind and form', 'texts', 'found'],
      Object.entries(forms)
        .filter(([, { samples, found }]) => found < samples)
        .map(([form, { samples, found }]) => [form, samples, found]),
    ),
    'Texts without anything to find:\n',
    table(
      ['class', 'texts', 'with a finding'],
      Object.entries(classes).map(([name, { samples, hit }]) => [name, samples, hit]),
    ),
  ].join('\n');
}
