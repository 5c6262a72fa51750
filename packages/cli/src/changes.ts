import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { SandboxError } from '@org/core';

/** Editors write a file in several steps. */
const settleMs = 50;

/** What has changed, and which files that were. */
export interface Change<Kind> {
  readonly kind: Kind;
  readonly files: readonly string[];
}

interface Watched<Kind> {
  readonly file: string;
  readonly kind: Kind;
}

/** What `--watch` waits for: other files, or something that is told. */
export class Changes<Kind extends string> implements Disposable {
  readonly #order: readonly Kind[];
  readonly #told = new Set<Kind>();
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, FSWatcher>();
  #watched: readonly Watched<Kind>[] = [];
  #wake: () => void = () => {};

  /** @param order all kinds; where several have changed, the first of them counts */
  constructor(order: readonly Kind[]) {
    this.#order = order;
  }

  /** Watches these files instead of the others of this kind. */
  watch(files: readonly string[], kind: Kind): void {
    this.#watched = this.#watched.filter((one) => one.kind !== kind);
    for (const file of files) this.#add({ file: path.resolve(file), kind });
    const needed = new Set(this.#watched.map(({ file }) => path.dirname(file)));
    for (const [folder, watcher] of this.#folders) {
      if (needed.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
  }

  /** Watches this file too. */
  also(file: string, kind: Kind): void {
    this.#add({ file: path.resolve(file), kind });
  }

  #add({ file, kind }: Watched<Kind>): void {
    if (this.#watched.some((one) => one.file === file && one.kind === kind)) return;
    this.#watched = [...this.#watched, { file, kind }];
    const folder = path.dirname(file);
    if (this.#folders.has(folder)) return;
    // The folder, since an editor may replace a file.
    try {
      const watcher = watch(folder, (_event, name) => this.#note(folder, name));
      // Such as that the folder has gone, and the file with it.
      this.#folders.set(
        folder,
        watcher.on('error', () => this.#note(folder, null)),
      );
    } catch {
      // A folder that is not there has no files that could change.
    }
  }

  #note(folder: string, name: string | null): void {
    for (const { file, kind } of this.#watched) {
      if (path.dirname(file) !== folder) continue;
      if (name !== null && name !== path.basename(file)) continue;
      this.#files.add(file);
      this.tell(kind);
    }
  }

  tell(kind: Kind): void {
    this.#told.add(kind);
    this.#wake();
  }

  /**
   * What has changed since the last answer.
   * @throws SandboxError `ABORTED` when the signal aborts
   */
  async next(signal: AbortSignal): Promise<Change<Kind>> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => reject(new SandboxError('ABORTED', 'Interrupted.'));
    let timer: NodeJS.Timeout | undefined;
    this.#wake = () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, settleMs);
    };
    if (signal.aborted) onAbort();
    else if (this.#told.size > 0) this.#wake();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = () => {};
      signal.removeEventListener('abort', onAbort);
    }
    const kind = this.#order.find((one) => this.#told.has(one)) as Kind;
    const files = [...this.#files];
    this.#told.clear();
    this.#files.clear();
    return { kind, files };
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }
}
