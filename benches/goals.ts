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

interface Place {
  readonly bench: string;
  readonly case: string;
  readonly subject?: string;
}

/** Ours divided by the peer's. */
function ratio(text: string, most: number, place: Place, peer: string, obstacle?: string): Goal {
  const measured = () => {
    const own = value(place.bench, place.case, place.subject ?? 'ours');
    const other = value(place.bench, place.case, peer);
    return own === undefined || other === undefined ? undefined : own / other;
  };
  return {
    text: `${text}, against ${peer}`,
    measured,
    most,
    unit: '×',
    ...(obstacle === undefined ? {} : { obstacle }),
  };
}

const perUnit = { ms: 1, '%': 1, MB: 1e6, kB: 1e3 };

/** The largest of some rows. */
function bound(
  text: string,
  most: number,
  unit: keyof typeof perUnit,
  places: readonly Place[],
  obstacle?: string,
): Goal {
  const measured = () => {
    const values = places.map((place) => value(place.bench, place.case, place.subject ?? 'ours'));
    if (values.includes(undefined)) return undefined;
    return Math.max(...(values as number[])) / perUnit[unit];
  };
  return { text, measured, most, unit, ...(obstacle === undefined ? {} : { obstacle }) };
}

/** What one subject takes more than another, in milliseconds. */
function difference(
  text: string,
  most: number,
  place: Place,
  [one, other]: readonly [string, string],
): Goal {
  const measured = () => {
    const [longer, shorter] = [one, other].map((name) => value(place.bench, place.case, name));
    return longer === undefined || shorter === undefined ? undefined : longer - shorter;
  };
  return { text, measured, most, unit: 'ms' };
}

const oneCall = { bench: 'fresh-run', case: 'one tool call' };
const sequential = { bench: 'calls', case: 'a call of 1,000 in sequence' };
const parallel = { bench: 'calls', case: '1,000 calls at once, of 1 ms' };
const rows = { bench: 'transfer', case: '1 MB of rows in and out' };
const text = { bench: 'transfer', case: '1 MB of text in and out' };
const cold = { bench: 'cold-start', case: 'library: process start to first result' };
const frozen = (name: string) => ({ bench: 'freeze', case: name });
const compiled = (name: string) => ({ bench: 'compile', case: name });
const checked = (name: string) => ({ bench: 'check', case: name });
const generated = (name: string) => ({ bench: 'generate', case: name });

const tokens = (name: string) => ({ bench: 'tokens', case: name });

const skills = (name: string) => ({ bench: 'skills', case: name });
const bridge = (name: string) => ({ bench: 'bridge', case: name });

const spins = [
  'a loop',
  'inside indexOf',
  'inside a regex',
  'inside a BigInt power',
  'a storm of promises',
];
const bombs = ['strings', 'small objects', 'buffers'];
const computations = ['loop', 'JSON', 'sort', 'function calls', 'regex'];

const wayToWorker =
  'the way to the worker and back, and the first step in memory that is not in the caches';
const makingACall =
  'making a call: the prelude is interpreted, and no step is faster than its two crossings';

export const goals: readonly Goal[] = [
  ratio('fresh sandbox and a tool call', 0.35, oneCall, 'isolated-vm', wayToWorker),
  ratio('fresh sandbox and a tool call', 1, oneCall, 'quickjs-emscripten', wayToWorker),
  ratio(
    'a call in sequence, through the worker',
    1,
    sequential,
    'quickjs-emscripten',
    'the way to the worker and back alone takes longer than a call there',
  ),
  ratio(
    'a call in sequence, in process',
    0.7,
    { ...sequential, subject: 'ours, in process' },
    'quickjs-emscripten',
    makingACall,
  ),
  ratio('1,000 calls of 1 ms at once', 1, parallel, 'isolated-vm', makingACall),
  ratio(
    '1 MB of rows in and out',
    1.2,
    rows,
    'isolated-vm',
    'the way out: results are written as JSON by the prelude, which is interpreted',
  ),
  ratio('1 MB of text in and out', 1.2, text, 'isolated-vm'),
  ...['loop', 'JSON', 'sort'].map((name) =>
    ratio(name, 1, { bench: 'cpu', case: name }, 'quickjs-emscripten'),
  ),
  bound(
    'metering, the worst of five',
    6,
    '%',
    computations.map((name) => ({ bench: 'metering', case: name, subject: 'metering costs' })),
  ),
  bound(
    'time over the wall limit, the worst of five spins',
    5,
    'ms',
    spins.map((spin) => ({ bench: 'limits', case: `wall limit, ${spin}: time over` })),
    'ending the thread of the worker, which is waited for',
  ),
  bound(
    'a whole run that its fuel limit ends, the worst of four spins',
    5,
    'ms',
    spins
      .filter((spin) => spin !== 'inside a BigInt power')
      .map((spin) => ({
        bench: 'limits',
        case: `200,000 units of fuel, ${spin}: the whole run`,
      })),
  ),
  bound(
    'memory bomb at 64 MiB, peak over base, the worst of three',
    80,
    'MB',
    bombs.map((bomb) => ({ bench: 'memory', case: `${bomb}: peak over base` })),
  ),
  bound('memory bomb of buffers at 64 MiB, time', 100, 'ms', [
    { bench: 'memory', case: 'buffers: time' },
  ]),
  ratio('process start to first result', 1.2, cold, 'quickjs-emscripten'),
  bound('a live sandbox, of 50', 4, 'MB', [{ bench: 'live', case: '50 live: each' }]),
  bound('freeze', 5, 'ms', [frozen('freeze')]),
  bound('snapshot', 130, 'kB', [frozen('snapshot')]),
  bound('thaw, with the step after it', 2, 'ms', [frozen('thaw, hand an answer in, result')]),
  bound('fork, each of 5, with the step after it', 2, 'ms', [
    frozen('fork 5 ways, hand an answer in, results: each'),
  ]),
  bound('compile 50 lines and two wrappers', 12, 'ms', [compiled('compile, not seen before')]),
  bound('compile, cached', 0.5, 'ms', [compiled('compile, cached in memory')]),
  ratio('a call through the bridge', 1.1, bridge('a call of 100 in sequence'), 'bare SDK'),
  bound('a cached call', 0.02, 'ms', [bridge('a call of 1,000 in sequence, cached')]),
  bound('check 50 lines and two wrappers', 5, 'ms', [checked('check, not seen before')]),
  bound('check, the first one of a process', 150, 'ms', [
    checked('check, the first one of a process'),
  ]),
  bound('wrappers of 10 tools, warm', 5, 'ms', [generated('10 tools')]),
  bound('wrappers of 50 tools, warm', 20, 'ms', [generated('50 tools')]),
  bound('wrappers of 1,000 tools, warm', 400, 'ms', [generated('1000 tools')]),
  bound('toComponent', 60, 'ms', [frozen('toComponent')]),
  ratio('read until three tools can be called', 0.02, tokens('read for 3 tools'), 'tools/list'),
  ratio('wrappers of 125 tools', 0.6, tokens('all of 125 tools: wrappers'), 'tools/list'),
  bound('save a skill, without compiling', 10, 'ms', [skills('save, without compiling')]),
  bound('load a skill, verified', 5, 'ms', [skills('load, verified and parsed')]),
  difference(
    'skill run over execute, whole processes',
    50,
    skills('process start to exit, one tool call'),
    ['skill run', 'execute'],
  ),
  bound('mcp-cli --help, whole process', 150, 'ms', [
    { bench: 'cli-start', case: 'mcp-cli --help' },
  ]),
  bound(
    'mcp-cli execute without calls, whole process, warm caches',
    250,
    'ms',
    [{ bench: 'cli-start', case: 'mcp-cli execute, no calls' }],
    'the code of the command line takes the main thread 130 ms, Node itself 30; the engine, which loads beside it, is ready by then and takes the second core',
  ),
  bound(
    'the same with one call to a running HTTP server',
    450,
    'ms',
    [{ bench: 'cli-start', case: 'mcp-cli execute, one call to a running HTTP server' }],
    'beside that, code and schemas of the MCP client take 50, `fetch` of Node 35, wrappers 17, three exchanges with the server the rest',
  ),
];
