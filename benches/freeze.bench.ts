import { deepStrictEqual } from 'node:assert/strict';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ToolCaller } from '@org/core';
import { createSandbox, type Run, type RunEvent } from '@org/wasm-runtime';
import { compare, type Timed } from './measure.ts';
import { type Row, record, size, timing } from './record.ts';
import type { SnapshotPeer, SnapshotPeerModule } from './subject.ts';

/** A program with closures and Maps that waits for a third answer. */
const state = `
  const seen = new Map();
  const items = [];
  for (let n = 0; n < 1_000; n++) items.push({ n, text: 'item ' + n });
  for (const item of items) seen.set(item.text, item);
  const count = () => seen.size + items.length;`;
const program = `
  ${state}
  await callTool('bench', 'first', {});
  await callTool('bench', 'second', {});
  log('info', 'waiting');
  await callTool('bench', 'third', {}).catch(() => {});
  return count();`;

const tools: ToolCaller = {
  async callTool({ tool }, { signal }) {
    if (tool !== 'third') return { status: 'done', json: '{}', cached: false };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return {
      status: 'unknown',
      error: { code: 'ABORTED', message: 'Cancelled.', retryable: false },
    };
  },
};
await using sandbox = await createSandbox({ tools });
const compiled = await sandbox.compile(program);

/** A run that waits for its third answer. */
async function waiting(): Promise<Run> {
  const waits = Promise.withResolvers<void>();
  const onEvent = ({ type }: RunEvent) => {
    if (type === 'log') waits.resolve();
  };
  const run = await sandbox.start(compiled, { onEvent });
  await waits.promise;
  return run;
}
const freeze = (run: Run) => run.freeze({ waitMs: 0 });

async function resultOf(run: Run): Promise<void> {
  const outcome = await run.outcome;
  deepStrictEqual(outcome.status === 'returned' ? outcome.value : outcome, 2_000);
}

const snapshot = await freeze(await waiting());
const peer = await openPeer();
/** As ours are, its snapshots are packed, with the same settings. */
const pack = (bytes: Uint8Array) =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
const peerSnapshot = peer && pack(peer.freeze(await peer.waiting(state)));

async function openPeer(): Promise<SnapshotPeer | undefined> {
  try {
    const file = './peers/quickjs-wasi-snapshot.ts';
    return await ((await import(file)) as SnapshotPeerModule).openSnapshots();
  } catch (error) {
    console.error(`quickjs-wasi cannot be loaded: ${error}`);
    return undefined;
  }
}

const ours = {
  freeze: { prepare: waiting, run: freeze } as Timed,
  'thaw, hand an answer in, result': {
    run: async () => resultOf(await sandbox.thaw(snapshot)),
    restMs: 3,
  },
  'fork 5 ways, hand an answer in, results': {
    run: async () => Promise.all((await sandbox.fork(snapshot, 5)).map(resultOf)),
    restMs: 3,
  },
  toComponent: { run: () => sandbox.toComponent(snapshot) },
} satisfies Record<string, Timed>;

const rows: Row[] = [];
const add = (subject: string, samples: Record<string, readonly number[]>) => {
  for (const [name, taken] of Object.entries(samples)) {
    const forks = name.startsWith('fork');
    rows.push(timing(forks ? `${name}: each` : name, subject, taken, forks ? 5 : 1));
  }
};
add('ours', await compare(ours, { ms: 1_500 }));
rows.push(size('snapshot', 'ours', snapshot.length, 'kB'));
if (peer !== undefined && peerSnapshot !== undefined) {
  const theirs: Record<string, Timed> = {
    freeze: { prepare: () => peer.waiting(state), run: (vm) => pack(peer.freeze(vm)) },
    'thaw, hand an answer in, result': {
      run: async () => deepStrictEqual(await peer.finish(zstdDecompressSync(peerSnapshot)), 2_000),
      restMs: 3,
    },
  };
  add('quickjs-wasi', await compare(theirs, { ms: 1_500 }));
  rows.push(size('snapshot', 'quickjs-wasi', peerSnapshot.length, 'kB'));
}
record('freeze', 'What does it cost to write a waiting program down, and to go on with it?', rows);
