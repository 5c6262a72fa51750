import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunOutcome, SandboxError } from '@org/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type JournalEntry, type NewRun, openRunStore, type RunStore } from '../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'runs-contract-'));
const open: RunStore[] = [];
afterEach(() => {
  for (const store of open.splice(0)) store[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

type Options = { readonly maxRecordBytes?: number };

/** What every store has to hold. */
const stores: Record<string, (options?: Options) => RunStore> = {
  'a store in memory': (options) => openRunStore(options),
  'a store on the disk': (options) =>
    openRunStore({ path: path.join(folder, 'runs.db'), ...options }),
};

const newRun = (runId: string, rest: Partial<NewRun> = {}): NewRun => ({
  runId,
  name: 'program.ts',
  mode: 'run',
  args: {},
  seed: 'seed',
  startTime: 1_700_000_000_000,
  engineDigest: 'e'.repeat(64),
  ...rest,
});

const outcome = (runId: string, status: 'returned' | 'suspended' = 'returned'): RunOutcome =>
  ({
    status,
    ...(status === 'returned' && { value: 42 }),
    logs: [{ level: 'info', message: 'hello' }],
    calls: [],
    usage: { fuel: 1 },
    runId,
  }) as unknown as RunOutcome;

const called = (id: number, ...args: string[]): JournalEntry => ({
  type: 'called',
  call: { id, name: 'callTool', args },
});
const answered = (id: number, text: string, blobs?: Map<string, Uint8Array>): JournalEntry => ({
  type: 'answered',
  answered: { id, answer: { ok: true, text }, ...(blobs && { blobs }) },
});

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof SandboxError) return error.code;
    throw error;
  }
  return undefined;
};

describe.each(Object.entries(stores))('%s', (_name, make) => {
  const begin = (options?: Options) => {
    const store = make(options);
    open.push(store);
    return store;
  };

  test('get() gives what add() was given, and nothing for other ids', () => {
    const store = begin();
    const limits = { fuel: 1 } as NonNullable<NewRun['limits']>;
    const parent = { runId: 'r0', as: 'fork', step: 2 } as const;
    const who = { session: 's', principal: 'p', parent, context: { rules: ['a'] } };
    const source = 'return "ü\u0000"';
    store.add(
      newRun('r1', { ...who, source, limits, entry: 'main', args: { a: [1] }, mode: 'plan' }),
    );
    expect(store.get('r1')).toMatchObject({
      runId: 'r1',
      status: 'running',
      ...who,
      source,
      limits,
      entry: 'main',
      args: { a: [1] },
      mode: 'plan',
      seed: 'seed',
      startTime: 1_700_000_000_000,
      host: { pid: process.pid },
    });
    expect(store.get('r0')).toBeUndefined();
    expect(codeOf(() => store.add(newRun('r1')))).toBe('USAGE');
  });

  test('read() gives the journal as it was told, whatever the texts', () => {
    const store = begin();
    store.add(newRun('r1', { program: new Uint8Array([1, 2, 3]) }));
    const text = 'zero \u0000, é, 😀, "quotes"\n';
    const blobs = new Map([[`blob:${'a'.repeat(40)}`, new Uint8Array([9, 8])]]);
    store.append('r1', [called(1, 's', 't', '{"x":"\u0000"}')], false);
    store.append('r1', [{ type: 'sent', id: 1 }], true);
    store.append('r1', [answered(1, text, blobs)], false);
    store.append('r1', [{ type: 'stepped', step: { clock: 5, answers: [1], seed: 'x' } }], false);
    store.append('r1', [called(2, 'readFile'), called(3, 's', 'u', '{}')], false);
    store.append('r1', [{ type: 'sent', id: 3 }], false);
    store.append(
      'r1',
      [{ type: 'answered', answered: { id: 2, answer: { ok: false, error: '{"code":"X"}' } } }],
      false,
    );
    const { run, recorded, sendings } = store.read('r1');
    expect(run.program).toEqual(new Uint8Array([1, 2, 3]));
    expect(recorded).toEqual({
      calls: [
        {
          ...{ id: 1, name: 'callTool', args: ['s', 't', '{"x":"\u0000"}'], sent: true },
          ...{ answer: { ok: true, text }, blobs },
        },
        {
          id: 2,
          name: 'callTool',
          args: ['readFile'],
          sent: false,
          answer: { ok: false, error: '{"code":"X"}' },
        },
        { id: 3, name: 'callTool', args: ['s', 'u', '{}'], sent: true },
      ],
      steps: [{ clock: 5, answers: [1], seed: 'x' }],
    });
    expect([...sendings]).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  test('a run that was suspended is claimed once, with its snapshot, and goes on where it was', () => {
    const store = begin();
    store.add(newRun('r1'));
    store.append('r1', [called(1)], false);
    store.suspend('r1', { snapshot: new Uint8Array([7]), outcome: outcome('r1', 'suspended') });
    expect(store.get('r1')).toMatchObject({
      status: 'suspended',
      calls: 1,
      outcome: { status: 'suspended' },
    });
    expect(codeOf(() => store.append('r1', [called(2)], false))).toBe('RUN_BUSY');
    const kept = store.claim('r1');
    expect(kept.snapshot).toEqual(new Uint8Array([7]));
    expect(kept.recorded.calls).toHaveLength(1);
    expect(codeOf(() => store.claim('r1'))).toBe('RUN_BUSY');
    expect(store.get('r1')?.outcome).toBeUndefined();
    store.append('r1', [called(2)], false);
    store.end('r1', outcome('r1'));
    expect(store.get('r1')).toMatchObject({ status: 'returned', outcome: outcome('r1'), calls: 2 });
    expect(store.read('r1').recorded.calls.map(({ id }) => id)).toEqual([1, 2]);
    expect(store.read('r1').snapshot).toBeUndefined();
    expect(codeOf(() => store.claim('r1'))).toBe('RUN_NOT_RESUMABLE');
    expect(codeOf(() => store.claim('r2'))).toBe('RUN_NOT_FOUND');
  });

  test('suspend() without a stand leaves the one that there is', () => {
    const store = begin();
    store.add(newRun('r1'));
    store.suspend('r1', { snapshot: new Uint8Array([7]), outcome: outcome('r1', 'suspended') });
    store.claim('r1');
    store.suspend('r1');
    expect(store.get('r1')).toMatchObject({
      status: 'suspended',
      outcome: { status: 'suspended' },
    });
    expect(store.claim('r1').snapshot).toEqual(new Uint8Array([7]));
  });

  test('claim() forgets what was logged after the snapshot: it is logged again', () => {
    const store = begin();
    const log = (message: string): JournalEntry => ({
      type: 'log',
      log: { level: 'info', message },
    });
    store.add(newRun('r1'));
    store.append('r1', [log('before'), called(1)], false);
    store.suspend('r1', { snapshot: new Uint8Array([7]), outcome: outcome('r1', 'suspended') });
    store.claim('r1');
    store.append('r1', [log('after'), called(2)], false);
    expect(store.get('r1')?.logs.map(({ message }) => message)).toEqual(['before', 'after']);
    store.suspend('r1');
    store.claim('r1');
    expect(store.get('r1')?.logs.map(({ message }) => message)).toEqual(['before']);
  });

  test('a journal beyond its cap ends there, and its run cannot be claimed without a snapshot', () => {
    const store = begin({ maxRecordBytes: 100 });
    store.add(newRun('r1'));
    store.append('r1', [called(1)], false);
    store.append('r1', [answered(1, 'x'.repeat(200))], false);
    store.append('r1', [called(2)], false);
    expect(store.get('r1')).toMatchObject({ incomplete: true, calls: 1 });
    store.suspend('r1');
    expect(codeOf(() => store.claim('r1'))).toBe('RUN_NOT_RESUMABLE');
  });

  test('list() gives the newest first, page by page, of what the filter says', () => {
    const store = begin();
    for (let n = 1; n <= 5; n++) {
      store.add(newRun(`r${n}`, { session: n % 2 === 0 ? 'even' : 'odd' }));
    }
    store.end('r1', outcome('r1'));
    store.suspend('r2');
    const ids = (filter: Parameters<RunStore['list']>[0]) =>
      store.list(filter).map(({ runId }) => runId);
    expect(ids({})).toEqual(['r5', 'r4', 'r3', 'r2', 'r1']);
    expect(ids({ limit: 2 })).toEqual(['r5', 'r4']);
    expect(ids({ limit: 2, after: 'r4' })).toEqual(['r3', 'r2']);
    expect(ids({ session: 'even' })).toEqual(['r4', 'r2']);
    expect(ids({ status: ['returned', 'suspended'] })).toEqual(['r2', 'r1']);
    expect(ids({ since: Date.now() + 10_000 })).toEqual([]);
    expect(codeOf(() => store.list({ limit: 0 }))).toBe('USAGE');
    expect(codeOf(() => store.list({ after: 'r9' }))).toBe('RUN_NOT_FOUND');
  });

  test('ask() asks once until it is decided, and decide() takes no other decision after that', () => {
    const store = begin();
    store.add(newRun('r1'));
    const ask = {
      runId: 'r1',
      callId: 3,
      kind: 'approval',
      server: 's',
      tool: 't',
      paramsJson: '{}',
    } as const;
    const first = store.ask({ ...ask, definitionDigest: 'd' });
    expect(store.ask(ask)).toEqual(first);
    expect(store.asks()).toEqual([first]);
    expect(store.get('r1')).toMatchObject({ openAsks: 1, asks: [first] });
    const decision = {
      verdict: 'approved',
      decidedAt: 5,
      decidedBy: 'ann',
      terms: { calls: 3 },
    } as const;
    expect(store.decide('r1', 3, decision)).toEqual({ ...first, decision });
    expect(store.asks()).toEqual([]);
    expect(store.asks('r1')).toEqual([{ ...first, decision }]);
    expect(store.decide('r1', 3, { ...decision, decidedBy: 'bob' }).decision).toEqual(decision);
    expect(codeOf(() => store.decide('r1', 3, { ...decision, verdict: 'refused' }))).toBe('USAGE');
    expect(codeOf(() => store.decide('r1', 4, decision))).toBe('RUN_NOT_FOUND');
    store.ask({ ...ask, kind: 'unknown', sendings: 2 });
    expect(store.asks('r1').map(({ kind, sendings }) => [kind, sendings])).toEqual([
      ['approval', undefined],
      ['unknown', 2],
    ]);
    store.end('r1', outcome('r1'));
    expect(store.asks()).toEqual([]);
  });

  test('request() is for runs under way', () => {
    const store = begin();
    store.add(newRun('r1'));
    store.request('r1', 'suspend');
    expect(store.get('r1')?.requested).toBe('suspend');
    store.suspend('r1');
    expect(store.get('r1')?.requested).toBeUndefined();
    expect(codeOf(() => store.request('r1', 'cancel'))).toBe('RUN_BUSY');
    expect(codeOf(() => store.request('r2', 'cancel'))).toBe('RUN_NOT_FOUND');
  });

  const pruneAll = (store: RunStore, retention: Parameters<RunStore['prune']>[0]): number => {
    let all = 0;
    for (;;) {
      const { removed, more } = store.prune(retention);
      all += removed;
      if (!more) return all;
    }
  };

  test('remove() takes all of a run away, and leaves what others share with it', () => {
    const store = begin();
    const program = new Uint8Array([1, 2, 3]);
    for (const id of ['r1', 'r2']) store.add(newRun(id, { program }));
    expect(codeOf(() => store.remove('r1'))).toBe('RUN_BUSY');
    store.append('r1', [called(1)], false);
    store.end('r1', outcome('r1'));
    store.remove('r1');
    expect(pruneAll(store, {})).toBe(0);
    expect(store.get('r1')).toBeUndefined();
    expect(store.read('r2').run.program).toEqual(program);
    expect(codeOf(() => store.remove('r1'))).toBe('RUN_NOT_FOUND');
  });

  test('prune() removes the oldest ended runs, never those that can go on', () => {
    const store = begin();
    for (let n = 1; n <= 9; n++) store.add(newRun(`r${n}`));
    for (let n = 1; n <= 7; n++) store.end(`r${n}`, outcome(`r${n}`));
    store.suspend('r8');
    expect(pruneAll(store, { count: 5 })).toBe(2);
    expect(store.list({}).map(({ runId }) => runId)).toEqual([
      'r9',
      'r8',
      'r7',
      'r6',
      'r5',
      'r4',
      'r3',
    ]);
    expect(pruneAll(store, { endedMs: -1 })).toBe(5);
    expect(store.list({}).map(({ runId }) => runId)).toEqual(['r9', 'r8']);
    expect(pruneAll(store, { waitingMs: -1 })).toBe(1);
    expect(store.list({}).map(({ runId }) => runId)).toEqual(['r9']);
  });

  test('prune() keeps all runs together below a number of bytes', () => {
    const store = begin();
    for (let n = 1; n <= 20; n++) {
      store.add(newRun(`r${n}`));
      for (let call = 1; call <= 20; call++) {
        store.append(`r${n}`, [called(call), answered(call, 'x'.repeat(10_000))], false);
      }
      store.end(`r${n}`, outcome(`r${n}`));
    }
    expect(pruneAll(store, { bytes: 2_000_000 })).toBeGreaterThanOrEqual(10);
    const left = store.list({}).map(({ runId }) => runId);
    expect(left[0]).toBe('r20');
    expect(left.length).toBeGreaterThanOrEqual(7);
    expect(store.read('r20').recorded.calls).toHaveLength(20);
  });
});
