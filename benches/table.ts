/**
 * Writes what results/ says into the README files, between their markers; with `--check` only says
 * whether that would change them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Goal, goals } from './goals.ts';
import { amount, type Results, type Row, readResults } from './record.ts';

const folder = new URL('.', import.meta.url);

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

const number = (value: number) => {
  const digits = Number(value.toPrecision(value < 10 ? 2 : 3));
  return digits.toLocaleString('en', { maximumFractionDigits: 3 });
};

function shown(row: Row, ours: Row | undefined): string {
  if ('text' in row) return row.text;
  const [own, its] = [ours && amount(ours), amount(row)];
  const compared = row === ours || own === undefined || !its ? '' : ` (${number(own / its)})`;
  return `${number(row.value)} ${row.unit}${compared}`;
}

function resultTable({ rows }: Results): string {
  const subjects = [...new Set(rows.map(({ subject }) => subject))].toSorted(byRank);
  const cases = [...new Set(rows.map((row) => row.case))];
  return table(
    ['', ...subjects],
    cases.map((name) => {
      const of = (subject: string) =>
        rows.find((row) => row.case === name && row.subject === subject);
      const ours = of('ours');
      return [
        name,
        ...subjects.map((subject) => of(subject)).map((row) => (row ? shown(row, ours) : '')),
      ];
    }),
  );
}

/** Ours first; the others as they come. */
function byRank(a: string, b: string): number {
  return Number(b.startsWith('ours')) - Number(a.startsWith('ours'));
}

function goalRow({ text, measured, most, unit, obstacle = '' }: Goal): readonly string[] {
  const found = measured();
  const of = (value: number) => (unit === '×' ? `${number(value)} ×` : `${number(value)} ${unit}`);
  if (found === undefined) return [text, `≤ ${of(most)}`, 'not measured', obstacle];
  return [
    text,
    `≤ ${of(most)}`,
    of(found),
    found <= most ? 'met' : `not met${obstacle && `: ${obstacle}`}`,
  ];
}

function allResults(): Results[] {
  return readdirSync(new URL('results/', folder))
    .filter((file) => file.endsWith('.json'))
    .map((file) => readResults(file.slice(0, -5)) as Results);
}

function resultSections(): string {
  return allResults()
    .map((results) => {
      const { name, question, commit, machine, node, load, quick } = results;
      const run = `${quick ? 'Shortened: no results. ' : ''}Commit ${commit}, Node ${node.slice(1)}, ${machine}, load ${load}.`;
      return `### ${name}\n\n${question}\n\n${resultTable(results)}\n${run}\n`;
    })
    .join('\n');
}

/** A few rows for the README of the project. */
function summary(): string {
  const peers = ['ours', 'isolated-vm', 'quickjs-emscripten', 'quickjs-wasi'];
  const picked = [
    ['fresh-run', 'one tool call', 'fresh sandbox and one tool call'],
    ['calls', 'a call of 1,000 in sequence', 'a tool call of 1,000 in sequence'],
    ['calls', '1,000 calls at once, of 1 ms', '1,000 calls of 1 ms at once'],
    ['transfer', '1 MB of rows in and out', '1 MB of JSON in and out'],
    ['cpu', 'JSON', 'JSON.parse and stringify, 5 MB'],
    ['cpu', 'function calls', '250,000 function calls'],
    ['limits', 'wall limit, inside indexOf: time over', 'over the wall limit, inside `indexOf`'],
    ['memory', 'buffers: peak over base', 'memory bomb at 64 MiB, peak over base'],
  ] as const;
  return table(
    ['', ...peers],
    picked.map(([bench, name, text]) => {
      const rows = readResults(bench)?.rows.filter((row) => row.case === name) ?? [];
      const of = (subject: string) => rows.find((row) => row.subject === subject);
      return [text, ...peers.map((peer) => of(peer)).map((row) => (row ? shown(row, row) : ''))];
    }),
  );
}

/** Tokens, for the README of the project. */
function tokenSummary(): string {
  const rows = readResults('tokens')?.rows ?? [];
  const of = (name: string, subject: string) => {
    const row = rows.find((seen) => seen.case === name && seen.subject === subject);
    return row === undefined || 'text' in row ? '' : row.value.toLocaleString('en');
  };
  const reading = [1, 3, 10].map((count) => {
    const name = `read for ${count} ${count === 1 ? 'tool' : 'tools'}`;
    return [
      `until ${count} of 125 tools can be called`,
      of(name, 'ours'),
      of(name, 'tools/list'),
      '',
    ];
  });
  const once = rows.filter((row) => row.subject === 'ours' && row.case.endsWith(': all, once'));
  const done = once.map(({ case: name }) => [
    `task ${name.slice(0, name.indexOf(':'))}`,
    of(name, 'ours'),
    of(name, 'direct calls'),
    of(name, 'direct calls, used tools known'),
  ]);
  return table(
    ['tokens', 'ours', 'called directly', 'the same, only the used tools defined'],
    [...reading, ...done],
  );
}

const places = [
  ['README.md', 'goals', () => table(['', 'goal', 'measured', ''], goals.map(goalRow))],
  ['README.md', 'results', resultSections],
  ['../README.md', 'benches', summary],
  ['../README.md', 'tokens', tokenSummary],
] as const;

const check = process.argv.includes('--check');
for (const [file, marker, text] of places) {
  const url = new URL(file, folder);
  const before = readFileSync(url, 'utf8');
  const [start, end] = [`<!-- ${marker} -->\n`, `<!-- /${marker} -->`];
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${file} lacks the markers of ${marker}.`);
  const after = `${before.slice(0, from) + start}\n${text()}\n${before.slice(to)}`;
  if (after === before) continue;
  if (check) {
    console.error(`${file} differs from benches/results: run node benches/table.ts.`);
    process.exitCode = 1;
  } else writeFileSync(url, after);
}
