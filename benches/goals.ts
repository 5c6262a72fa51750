/** What the benches are held to: ratios of one run, and bounds. */
import { amount, readResults } from './record.ts';

export interface Goal {
  readonly text: string;
  /** What was measured; undefined where it was not. */
  measured(): number | undefined;
  readonly most: number;
  readonly unit: '×' | 'ms' | 'MB' | 'kB' | '%';
  /** Shown where it is not met: what stands in the way. */
  readonly obstacle?: string;
}

function value(bench: string, name: string, subject: string): number | undefined {
  const row = readResults(bench)?.rows.find(
    (seen) => seen.case === name && seen.subject === subject,
  );
  return row && amount(row);
}

function ratio(text: string, most: number, bench: string, name: string, peer: string): Goal {
  return ratioOf('ours', text, most, bench, name, peer);
}

function ratioOf(
  subject: string,
  text: string,
  most: number,
  bench: string,
  name: string,
  peer: string,
): Goal {
  const measured = () => {
    const [own, other] = [value(bench, name, subject), value(bench, name, peer)];
    return own === undefined || other === undefined ? undefined : own / other;
  };
  return { text: `${text}, against ${peer}`, measured, most, unit: '×' };
}

const bytesPer = { ms: 1, '%': 1, MB: 1e6, kB: 1e3 };

/** The largest of some rows of ours. */
function bound(
  text: string,
  most: number,
  unit: 'ms' | 'MB' | 'kB' | '%',
  bench: string,
  names: readonly string[],
  subject = 'ours',
): Goal {
  const measured = () => {
    const values = names.map((name) => value(bench, name, subject));
    if (values.includes(undefined)) return undefined;
    return Math.max(...(values as number[])) / bytesPer[unit];
  };
  return { text, measured, most, unit };
}

const parallel = '1,000 calls at once, of 1 ms';
const sequential = 'a call of 1,000 in sequence';
const cold = 'library: process start to first result';
const spins = [
  'a loop',
  'inside indexOf',
  'inside a regex',
  'inside a BigInt power',
  'a storm of promises',
];
const bombs = ['strings', 'small objects', 'buffers'];
const computations = ['loop', 'JSON', 'sort', 'function calls', 'regex'];

export const goals: readonly Goal[] = [
  ratio('fresh sandbox and a tool call', 0.35, 'fresh-run', 'one tool call', 'isolated-vm'),
  ratio('fresh sandbox and a tool call', 1, 'fresh-run', 'one tool call', 'quickjs-emscripten'),
  ratio('a call in sequence, through the worker', 1, 'calls', sequential, 'quickjs-emscripten'),
  ratioOf(
    'ours, in process',
    'a call in sequence, in process',
    0.7,
    'calls',
    sequential,
    'quickjs-emscripten',
  ),
  ratio('1,000 calls of 1 ms at once', 1, 'calls', parallel, 'isolated-vm'),
  ratio('1 MB of rows in and out', 1.2, 'transfer', '1 MB of rows in and out', 'isolated-vm'),
  ratio('1 MB of text in and out', 1.2, 'transfer', '1 MB of text in and out', 'isolated-vm'),
  ...['loop', 'JSON', 'sort'].map((name) => ratio(name, 1, 'cpu', name, 'quickjs-emscripten')),
  bound('metering, the worst of five', 6, '%', 'metering', computations, 'metering costs'),
  bound(
    'time over the wall limit, the worst of five spins',
    5,
    'ms',
    'limits',
    spins.map((spin) => `wall limit, ${spin}: time over`),
  ),
  bound(
    'a whole run that its fuel limit ends, the worst of four spins',
    5,
    'ms',
    'limits',
    spins
      .filter((spin) => spin !== 'inside a BigInt power')
      .map((spin) => `200,000 units of fuel, ${spin}: the whole run`),
  ),
  bound(
    'memory bomb at 64 MiB, peak over base, the worst of three',
    80,
    'MB',
    'memory',
    bombs.map((bomb) => `${bomb}: peak over base`),
  ),
  bound(
    'memory bomb at 64 MiB, time, the worst of three',
    100,
    'ms',
    'memory',
    bombs.map((bomb) => `${bomb}: time`),
  ),
  ratio('process start to first result', 1.2, 'cold-start', cold, 'quickjs-emscripten'),
  bound('a live sandbox, of 50', 4, 'MB', 'live', ['50 live: each']),
  bound('freeze', 5, 'ms', 'freeze', ['freeze']),
  bound('snapshot', 130, 'kB', 'freeze', ['snapshot']),
  bound('thaw, with the step after it', 2, 'ms', 'freeze', ['thaw, hand an answer in, result']),
  bound('fork, each of 5, with the step after it', 2, 'ms', 'freeze', [
    'fork 5 ways, hand an answer in, results: each',
  ]),
  bound('compile 50 lines and two wrappers', 12, 'ms', 'compile', ['compile, not seen before']),
  bound('compile, cached', 0.5, 'ms', 'compile', ['compile, cached in memory']),
  bound('toComponent', 60, 'ms', 'freeze', ['toComponent']),
];
