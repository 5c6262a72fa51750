import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openRunStore } from '../src/index.ts';

const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);

export interface Mortality {
  /** Times that the host was killed. */
  readonly kills: number;
  readonly runs: number;
  /** Runs that came to the end of their program. */
  readonly returned: number;
  /** Writes that the server carried out. */
  readonly effects: number;
  /** Answers that were kept before the program got them. */
  readonly acknowledged: number;
  /** Writes that were sent and not answered; the programs were told so. */
  readonly unknown: number;
  /** What must not be: each is a sentence. */
  readonly wrongs: readonly string[];
}

/** Numbers from 0 to `below` that follow from `seed`. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

/**
 * Kills a host `kills` times, each time at a random entry of its journals, while it makes runs against
 * a server that outlives it; then lets one finish, and holds what the runs say against what the server
 * did.
 */
export async function measureMortality(
  folder: string,
  { kills, runs, seed }: { readonly kills: number; readonly runs: number; readonly seed: number },
  onKill: (kill: number) => void = () => {},
): Promise<Mortality> {
  const store = path.join(folder, 'runs.db');
  const effects = path.join(folder, 'effects.txt');
  const acks = path.join(folder, 'acks.txt');
  const server = fork(fixture('effects-server.ts'), [effects], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const random = randoms(seed);
    // Enough for all kills: a run has about 60 entries.
    const most = Math.max(2, Math.floor((runs * 60 * 1.2) / kills));
    const host = (seed: number, entries: number) => {
      const args = [store, port, acks, runs, seed, entries].map(String);
      return exited(
        spawn(process.execPath, [fixture('mortal-host.ts'), ...args], {
          stdio: ['ignore', 'ignore', 'inherit'],
          env: { ...process.env, NODE_COMPILE_CACHE: path.join(folder, 'modules') },
        }),
      );
    };
    let begun = 0;
    let killed = 0;
    const killHosts = async () => {
      while (begun < kills) {
        begun++;
        const signal = await host(random.next().value % 1_000, 1 + (random.next().value % most));
        if (signal === 'SIGKILL') onKill(++killed);
      }
    };
    // Two at a time, so that one takes over what the other leaves.
    await Promise.all([killHosts(), killHosts()]);
    await host(0, 0);
    return { kills: killed, runs, ...compare(store, effects, acks, runs) };
  } finally {
    server.kill('SIGKILL');
  }
}

async function exited(child: ChildProcess): Promise<NodeJS.Signals | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`The host ended with ${code ?? signal}.`);
  return signal;
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

function compare(file: string, effects: string, acks: string, runs: number) {
  const wrongs: string[] = [];
  const done = new Map<string, string[]>();
  const lines = linesOf(effects);
  for (const line of lines) {
    const [run, n, receipt = ''] = line.split(' ');
    const key = `${run} ${n}`;
    done.set(key, [...(done.get(key) ?? []), receipt]);
  }
  for (const [key, receipts] of done) {
    if (receipts.length > 1) wrongs.push(`${key} was written ${receipts.length} times.`);
  }
  using store = openRunStore({ path: file });
  let unknown = 0;
  let returned = 0;
  for (let index = 0; index < runs; index++) {
    const runId = `run-${index}`;
    const record = store.get(runId);
    if (record?.outcome?.status !== 'returned') {
      wrongs.push(`${runId} is ${record?.status}: ${JSON.stringify(record?.outcome)}`);
      continue;
    }
    returned++;
    (record.outcome.value as (number | string)[]).forEach((got, n) => {
      const receipts = done.get(`${runId} ${n}`) ?? [];
      if (typeof got === 'string') unknown++;
      else if (!receipts.includes(String(got))) {
        wrongs.push(`${runId} ${n} came to ${got}, and the server has ${receipts}.`);
      }
    });
  }
  const acknowledged = linesOf(acks).map((line) => JSON.parse(line) as [string, number, string]);
  const answers = new Map<string, Map<number, string>>();
  for (const [runId, id, text] of acknowledged) {
    const kept =
      answers.get(runId) ??
      new Map(
        store
          .get(runId)
          ?.journal.calls.map((call) => [call.id, call.answer?.ok ? call.answer.text : '']),
      );
    answers.set(runId, kept);
    if (kept.get(id) !== text) wrongs.push(`${runId}: the answer of call ${id} is lost: ${text}`);
  }
  return { effects: lines.length, acknowledged: acknowledged.length, unknown, returned, wrongs };
}
