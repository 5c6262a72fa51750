import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compare, type Timed } from './measure.ts';
import { type Row, record, timing } from './record.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Child {
  readonly output: Promise<void>;
  readonly exit: Promise<void>;
}

/** @throws when it ends without having written `expected` */
function start(args: readonly string[], expected: string): Child {
  const child = spawn(process.execPath, ['--no-node-snapshot', ...args], {
    cwd: path('cold-start'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = Promise.withResolvers<void>();
  let seen = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    seen += text;
    if (seen.includes(expected)) output.resolve();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  const exit = new Promise<void>((resolve) => child.once('close', () => resolve()));
  exit.then(() => output.reject(new Error(`${args} wrote ${seen} ${complaint}`)));
  return { output: output.promise, exit };
}

const result = '42\n';
const firstResult = 'library: process start to first result';
const subjects = [
  [firstResult, 'ours', ['ours.js'], result],
  [firstResult, 'isolated-vm', [path('peers/cold-isolated-vm.js')], result],
  [firstResult, 'quickjs-emscripten', [path('peers/cold-quickjs-emscripten.js')], result],
  [firstResult, 'quickjs-wasi', [path('peers/cold-quickjs-wasi.js')], result],
  [firstResult, 'node alone', ['node.js'], result],
] as const;

const timed: Record<string, Timed<unknown>> = {};
const rows: Row[] = [];
for (const [name, subject, args, expected] of subjects) {
  try {
    const { output, exit } = start(args, expected);
    await output;
    await exit;
  } catch (error) {
    rows.push({ case: name, subject, text: `failed: ${error}` });
    continue;
  }
  let child: Child;
  timed[`${name}|${subject}`] = {
    run() {
      child = start(args, expected);
      return child.output;
    },
    after: () => child.exit,
  };
}
for (const [key, samples] of Object.entries(await compare(timed, { ms: 2_500 }))) {
  const [name, subject] = key.split('|') as [string, string];
  rows.push(timing(name, subject, samples));
}
record('cold-start', 'How long from the start of a process to a result?', rows);
