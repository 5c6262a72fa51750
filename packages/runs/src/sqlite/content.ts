import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Programs, sources, snapshots and blobs: each is kept once, for as long as a run has it. */
export class Content {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the SHA-256, hex, by which it is got and released */
  keep(bytes: Uint8Array): string {
    const digest = createHash('sha256').update(bytes).digest('hex');
    this.#database.run(
      `INSERT INTO content (digest, uses, bytes) VALUES (?, 1, ?)
       ON CONFLICT (digest) DO UPDATE SET uses = uses + 1`,
      digest,
      bytes,
    );
    return digest;
  }

  get(digest: string): Uint8Array | undefined {
    return this.#database.get<{ bytes: Uint8Array }>(
      'SELECT bytes FROM content WHERE digest = ?',
      digest,
    )?.bytes;
  }

  /** Of one of those who keep it. */
  release(digest: string): void {
    this.#database.run('UPDATE content SET uses = uses - 1 WHERE digest = ?', digest);
    this.#database.run('DELETE FROM content WHERE digest = ? AND uses <= 0', digest);
  }
}
