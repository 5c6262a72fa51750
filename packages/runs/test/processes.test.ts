import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSandbox } from '@org/wasm-runtime';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { decide, openRunStore, type RunStore } from '../src/index.ts';
import { CountingTools } from './counting-tools.ts';
import {
  codeOf,
  eventually,
  fixture,
  openScratchRuns,
  returned,
  scratchFolder,
} from './harness.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

const run = { name: 'a.ts', mode: 'run', args: {}, seed: 's', startTime: 1 } as const;
const newRun = (runId: string) => ({ runId, ...run, engineDigest: 'e' });

function open(file: string): RunStore {
  const store = openRunStore({ path: file });
  onTestFinished(() => store[Symbol.dispose]());
  return store;
}

interface Asked {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Another process with the same store, which does what it is asked. */
class Other {
  readonly child: ChildProcess;
  readonly #file: string;
  #asked = 0;

  constructor(file: string) {
    this.#file = file;
    this.child = fork(fixture('other-process.ts'), [file], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  async ask(what: string, ...args: unknown[]): Promise<unknown> {
    const id = ++this.#asked;
    const answer = new Promise<Asked>((resolve, reject) => {
      const onMessage = (asked: Asked) => {
        if (asked.id !== id) return;
        this.child.off('message', onMessage);
        resolve(asked);
      };
      this.child.on('message', onMessage);
      this.child.once('exit', () => reject(new Error(`${this.#file}: the process is gone`)));
    });
    this.child.send({ id, what, args });
    const { value, error } = await answer;
    if (error !== undefined) throw new Error(error);
    return value;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

describe('several processes', () => {
  test('see one store: what one adds and ends, the other one lists', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const store = open(file);
    const other = new Other(file);
    await other.ask('add', newRun('r1'));
    expect(store.list({}).map(({ runId, status }) => [runId, status])).toEqual([['r1', 'running']]);
    expect(await codeOf(() => store.claim('r1'))).toBe('RUN_BUSY');
    expect(await codeOf(() => store.remove('r1'))).toBe('RUN_BUSY');
    await other.ask('suspend', 'r1');
    expect(store.claim('r1').status).toBe('suspended');
    await expect(other.ask('claim', 'r1')).rejects.toThrow('RUN_BUSY');
  });

  test('a run is lost at once when its process is killed, and only then', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const store = open(file);
    const other = new Other(file);
    await other.ask('add', newRun('r1'));
    await other.ask('append', 'r1', [{ type: 'called', call: { id: 1, name: 'sleep', args: [] } }]);
    // Stopped is not dead.
    other.child.kill('SIGSTOP');
    expect(store.get('r1')?.status).toBe('running');
    other.child.kill('SIGCONT');
    await other.kill();
    expect(store.get('r1')).toMatchObject({ status: 'lost', calls: 1 });
    expect(store.list({ status: ['lost'] })).toHaveLength(1);
    expect(store.claim('r1').recorded.calls).toHaveLength(1);
    expect(store.get('r1')?.status).toBe('running');
  });

  test('an owner whose lock file is gone does not live', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const other = new Other(file);
    await other.ask('add', newRun('r1'));
    await other.kill();
    rmSync(`${file}.hosts`, { recursive: true });
    expect(open(file).get('r1')?.status).toBe('lost');
  });

  test('of many that claim a lost run at once, one gets it', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const dead = new Other(file);
    await dead.ask('add', newRun('r1'));
    await dead.kill();
    const others = Array.from({ length: 5 }, () => new Other(file));
    await Promise.all(others.map((other) => other.ask('list')));
    const claims = await Promise.allSettled(others.map((other) => other.ask('claim', 'r1')));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('many open a new store at once, and add to it', async () => {
    const file = path.join(scratchFolder(), 'new', 'runs.db');
    const others = Array.from({ length: 6 }, () => new Other(file));
    await Promise.all(others.map((other, index) => other.ask('addMany', `p${index}`, 20)));
    expect(open(file).list({ limit: 1_000 })).toHaveLength(120);
  });

  test('a process that lost its hold on a run writes nothing into it any more', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const store = open(file);
    const other = new Other(file);
    await other.ask('add', newRun('r1'));
    // As if its lock had been taken from it.
    const database = new DatabaseSync(file);
    database.exec(`UPDATE runs SET status = 'lost'`);
    database.close();
    store.claim('r1');
    const entry = { type: 'called', call: { id: 1, name: 'sleep', args: [] } };
    await expect(other.ask('append', 'r1', [entry])).rejects.toThrow('RUN_BUSY');
    await expect(other.ask('suspend', 'r1')).rejects.toThrow('RUN_BUSY');
    expect(store.read('r1').recorded.calls).toEqual([]);
  });

  test('cancel() and suspend() reach runs of another process', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const here = openScratchRuns({}, file);
    const other = new Other(file);
    await other.ask('startWaiting', 'r1');
    await other.ask('startWaiting', 'r2');
    await eventually(() => here.get('r2')?.calls).toBe(1);
    await here.cancel('r1');
    await eventually(() => here.get('r1')?.status).toBe('aborted');
    expect(await here.suspend('r2')).toBeUndefined();
    await eventually(() => here.get('r2')?.status).toBe('suspended');
    const tools = new CountingTools();
    tools.release();
    const again = await here.resume(sandbox, 'r2', { tools });
    expect(returned(await again.outcome)).toEqual({ n: 1 });
  });

  test('a killed run goes on from its journal; unknown calls are asked about, sent or failed', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const other = new Other(file);
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => other.ask('startHolding', id)));
    const here = openScratchRuns({ mayRetry: ({ args: [, tool] }) => tool !== 'hold' }, file);
    await eventually(() => here.get('d')?.journal.calls.filter(({ sent }) => sent).length).toBe(2);
    await eventually(() => here.get('a')?.journal.calls.filter(({ sent }) => sent).length).toBe(2);
    await eventually(() => here.get('b')?.journal.calls.filter(({ sent }) => sent).length).toBe(2);
    await eventually(() => here.get('c')?.journal.calls.filter(({ sent }) => sent).length).toBe(2);
    await other.kill();
    const tools = new CountingTools();
    tools.release();

    const failed = await here.resume(sandbox, 'a', { tools, unknown: 'retry' });
    expect(returned(await failed.outcome)).toEqual([{ n: 1 }, 'CALL_UNKNOWN']);
    expect(here.get('a')?.outcome?.calls.map(({ status }) => status)).toEqual(['done', 'unknown']);

    const waiting = await here.resume(sandbox, 'b', { tools });
    expect(await waiting.outcome).toMatchObject({
      status: 'suspended',
      calls: [{ status: 'done' }, { server: 's', tool: 'hold', status: 'unknown' }],
    });
    expect(here.get('b')).toMatchObject({
      status: 'suspended',
      openAsks: 1,
      logs: [{ message: 'one' }],
    });
    expect(await here.replay(sandbox, 'b')).toMatchObject({ same: true });
    expect(here.get('b')?.asks).toMatchObject([
      { callId: 2, kind: 'unknown', server: 's', tool: 'hold', paramsJson: '{"n":2}', sendings: 1 },
    ]);
    await here.resume(sandbox, 'b', { tools });
    expect(here.get('b')?.asks).toHaveLength(1);
    decide(here.store, 'b', 2, { answer: 'once', by: 'ann' });
    const sent = await here.resume(sandbox, 'b', { tools });
    expect(returned(await sent.outcome)).toEqual([{ n: 1 }, { n: 2 }]);

    await here.resume(sandbox, 'c', { tools });
    decide(here.store, 'c', 2, { answer: 'no', by: 'ann' });
    const refused = await here.resume(sandbox, 'c', { tools });
    expect(returned(await refused.outcome)).toEqual([{ n: 1 }, 'CALL_UNKNOWN']);
    expect(tools.calls).toEqual(['hold {"n":2}']);
    for (const id of ['a', 'b', 'c']) {
      expect([id, await here.replay(sandbox, id)]).toMatchObject([id, { same: true }]);
    }

    // A decision is about the sendings that there were: not about one that was lost after it.
    await here.resume(sandbox, 'd', { tools });
    decide(here.store, 'd', 2, { answer: 'once', by: 'ann' });
    const second = new Other(file);
    await second.ask('resumeHolding', 'd');
    await eventually(() => here.store.read('d').sendings.get(2)).toBe(2);
    await second.kill();
    await here.resume(sandbox, 'd', { tools });
    expect(here.get('d')).toMatchObject({ status: 'suspended', openAsks: 1 });
    expect(here.get('d')?.asks.map(({ sendings }) => sendings)).toEqual([1, 2]);
  });
});

describe('the file', () => {
  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

  test('is for its user alone, and so are its folder and what lies beside it', () => {
    const folder = path.join(scratchFolder(), 'deep', 'er');
    const file = path.join(folder, 'runs.db');
    const store = open(file);
    store.add(newRun('r1'));
    expect(mode(folder)).toBe('700');
    for (const name of ['runs.db', 'runs.db-wal', 'runs.db-shm']) {
      expect([name, mode(path.join(folder, name))]).toEqual([name, '600']);
    }
    expect(mode(`${file}.hosts`)).toBe('700');
    chmodSync(file, 0o644);
    open(file);
    expect(mode(file)).toBe('600');
  });

  test('leaves no lock behind when the store is closed, nor for long when its process dies', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    const other = new Other(file);
    await other.ask('add', newRun('r1'));
    await other.kill();
    const store = openRunStore({ path: file });
    store.add(newRun('r2'));
    expect(readdirSync(`${file}.hosts`)).toHaveLength(2);
    store[Symbol.dispose]();
    expect(readdirSync(`${file}.hosts`)).toHaveLength(1);
  });

  test('of a newer version is refused, and left as it is', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    openRunStore({ path: file })[Symbol.dispose]();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(file);
    expect(await codeOf(() => openRunStore({ path: file }))).toBe('STORE_TOO_NEW');
    expect(readFileSync(file)).toEqual(before);
  });

  test('that is something else, or damaged, is refused, and left as it is', async () => {
    const folder = scratchFolder();
    const text = path.join(folder, 'text.db');
    writeFileSync(text, 'These are notes, not a database. '.repeat(100));
    const foreign = path.join(folder, 'foreign.db');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE mine (a); INSERT INTO mine VALUES (1)');
    database.close();
    for (const file of [text, foreign]) {
      const before = readFileSync(file);
      expect(await codeOf(() => openRunStore({ path: file }))).toBe('STORE_DAMAGED');
      expect(readFileSync(file)).toEqual(before);
    }
  });

  test('with damaged pages says so, keeps what there is, and can be moved aside', async () => {
    const folder = scratchFolder();
    const file = path.join(folder, 'runs.db');
    const store = openRunStore({ path: file });
    for (let n = 0; n < 200; n++) {
      store.add(newRun(`r${n}`));
      store.suspend(`r${n}`);
    }
    store[Symbol.dispose]();
    const whole = path.join(folder, 'whole.db');
    copyFileSync(file, whole);
    const { size } = statSync(file);
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(size - 8_192, 0xa5), 0, size - 8_192, 8_192);
    closeSync(handle);
    const before = readFileSync(file);
    const work = () => {
      const damaged = openRunStore({ path: file });
      try {
        damaged.list({ limit: 1_000 });
      } finally {
        damaged[Symbol.dispose]();
      }
    };
    expect(await codeOf(work)).toBe('STORE_DAMAGED');
    expect(readFileSync(file)).toEqual(before);
    expect(existsSync(whole)).toBe(true);
  });

  test('whose locks cannot be made says so before anything is added', async () => {
    const file = path.join(scratchFolder(), 'runs.db');
    writeFileSync(`${file}.hosts`, '');
    using store = openRunStore({ path: file });
    expect(await codeOf(() => store.add(newRun('r1')))).toBe('STORE_FAILED');
    expect(store.list({})).toEqual([]);
  });

  test('in a folder that cannot be made is refused', async () => {
    const file = path.join(scratchFolder(), 'file');
    writeFileSync(file, '');
    expect(await codeOf(() => openRunStore({ path: path.join(file, 'runs.db') }))).toBe(
      'STORE_FAILED',
    );
  });
});
