/** Answers a program's `tool(params)`; JSON text both ways. */
export type Tool = (params: string) => Promise<string>;

/** What a run may use, where the subject can bound it. */
export interface Bounds {
  readonly memoryBytes?: number;
  readonly wallMs?: number;
}

/** A sandbox as the benches use it: ours, and one for each peer. */
export interface Subject {
  /**
   * Runs `body`, statements of an async function that can await `tool(params)`, in a fresh sandbox
   * that is gone afterwards. Its result crosses as JSON, too.
   * @returns what `body` returns
   * @throws when it throws, and when the subject stops it
   */
  run(body: string, tool?: Tool, bounds?: Bounds): Promise<unknown>;
  /** Does ahead what a run of `body` needs and is done once, where there is such a thing. */
  prepare?(body: string): Promise<void>;
  close(): Promise<void>;
}

/** What `peers/*.ts` export. */
export interface SubjectModule {
  /** Loads what all runs share, once a process. */
  open(): Promise<Subject>;
}

const modules = {
  ours: './ours.ts',
  'ours, in process': './ours-in-process.ts',
  'isolated-vm': './peers/isolated-vm.ts',
  'quickjs-emscripten': './peers/quickjs-emscripten.ts',
  'quickjs-emscripten, new module': './peers/quickjs-emscripten-module.ts',
  'quickjs-wasi': './peers/quickjs-wasi.ts',
  'node:vm worker': './peers/vm-worker.ts',
} as const;

export type SubjectName = keyof typeof modules;

/** Not ours. */
export const peers = [
  'isolated-vm',
  'quickjs-emscripten',
  'quickjs-emscripten, new module',
  'quickjs-wasi',
  'node:vm worker',
] as const satisfies readonly SubjectName[];

/** Loaded by name, so that a peer that cannot be installed stops none of the others. */
export async function openSubject(name: SubjectName): Promise<Subject> {
  const { open } = (await import(modules[name])) as SubjectModule;
  return open();
}

/** Those of `names` that can be loaded; says which cannot. */
export async function openSubjects(
  names: readonly SubjectName[],
): Promise<ReadonlyMap<SubjectName, Subject>> {
  const open = new Map<SubjectName, Subject>();
  for (const name of names) {
    try {
      open.set(name, await openSubject(name));
    } catch (error) {
      console.error(`${name} cannot be loaded: ${error}`);
    }
  }
  return open;
}

/** A peer that can write a running program down. */
export interface SnapshotPeer<Waiting = unknown> {
  /** Runs `body`, which declares `count`, up to where it waits for an answer. */
  waiting(body: string): Promise<Waiting>;
  /** Ends it as bytes, not packed. */
  freeze(waiting: Waiting): Uint8Array;
  /** Goes on, hands an answer in, and gives what `count()` returns then. */
  finish(snapshot: Uint8Array): Promise<unknown>;
}

/** What a file of such a peer exports. */
export interface SnapshotPeerModule {
  openSnapshots(): Promise<SnapshotPeer>;
}
