import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { SandboxError } from '@org/core';

type Kind = 'catalog' | 'config';

/** Editors write a file in several steps. */
const settleMs = 50;

/** What `generate --watch` waits for: another configuration, other tools of a server. */
export class Changes implements Disposable {
  readonly #told = new Set<Kind>();
  #watchers: readonly FSWatcher[] = [];
  #wake: () => void = () => {};

  /** Watches these files instead of others. Their folders, since an editor may replace a file. */
  watch(files: readonly string[]): void {
    this[Symbol.dispose]();
    this.#watchers = files.map((file) => {
      const watcher = watch(path.dirname(file), (_event, name) => {
        if (name === null || name === path.basename(file)) this.tell('config');
      });
      // Such as that the folder has gone, and the file with it.
      return watcher.on('error', () => this.tell('config'));
    });
  }

  tell(kind: Kind): void {
    this.#told.add(kind);
    this.#wake();
  }

  /**
   * What has changed since the last answer; `config` where both have.
   * @throws SandboxError `ABORTED` when the signal aborts
   */
  async next(signal: AbortSignal): Promise<Kind> {
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
    const kind = this.#told.has('config') ? 'config' : 'catalog';
    this.#told.clear();
    return kind;
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}
