import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  exceededBound,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  makeFolder,
  SandboxError,
} from '@org/core';
import { readRegularFile } from './regular-file.ts';

export interface RecordFileOptions {
  /** Name of the list in the file, and of what it is about: `approvals`. */
  readonly list: string;
  /** What the operator may do about a file that cannot be read. */
  readonly readHint: string;
  /** What the operator may do about a file that cannot be written. */
  readonly writeHint: string;
}

const maxFileBytes = 16 * 1024 * 1024;
const bounds = { depth: 8, containers: 100_000 };

/**
 * A list of records in a JSON file, which is written whole or not at all and is the user's alone.
 * Two processes that change it at the same time may lose one of the changes.
 */
export class RecordFile<Item> {
  readonly #file: string;
  readonly #isItem: (value: JsonObject) => boolean;
  readonly #options: RecordFileOptions;
  #last: Promise<unknown> = Promise.resolve();

  /** @param isItem whether a record has the shape of an `Item` */
  constructor(file: string, isItem: (value: JsonObject) => boolean, options: RecordFileOptions) {
    this.#file = file;
    this.#isItem = isItem;
    this.#options = options;
  }

  /** @throws SandboxError `CONFIG_INVALID`: the file is not one of ours */
  items(): Promise<readonly Item[]> {
    return this.#inTurn(() => this.#read());
  }

  /**
   * Puts what `work` makes of the items into the file, unless it gives back the same list.
   * @throws SandboxError `CONFIG_INVALID`: the file is not one of ours, or cannot be written
   */
  change(work: (items: readonly Item[]) => readonly Item[]): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.#read();
      const after = work(before);
      if (after !== before) await this.#write(after);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #read(): Promise<readonly Item[]> {
    let text: string;
    try {
      text = (await readRegularFile(this.#file, maxFileBytes)).toString('utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw this.#unusable(error);
    }
    if (exceededBound(text, bounds) !== undefined) throw this.#unusable();
    let root: JsonValue;
    try {
      root = JSON.parse(text) as JsonValue;
    } catch (cause) {
      throw this.#unusable(cause);
    }
    const list = isJsonObject(root) && root.version === 1 ? root[this.#options.list] : undefined;
    const isOurs = (item: JsonValue) => isJsonObject(item) && this.#isItem(item);
    if (!Array.isArray(list) || !list.every(isOurs)) throw this.#unusable();
    return list as unknown as readonly Item[];
  }

  async #write(items: readonly Item[]): Promise<void> {
    const temporary = `${this.#file}.${randomBytes(6).toString('hex')}.tmp`;
    const document = { version: 1, [this.#options.list]: items };
    try {
      makeFolder(path.dirname(this.#file), (one) => mkdirSync(one, { mode: 0o700 }));
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(`${JSON.stringify(document, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file);
    } catch (cause) {
      await rm(temporary, { force: true });
      const { list, writeHint: hint } = this.#options;
      const message = `The file of ${list} cannot be written on this machine.`;
      throw new SandboxError('CONFIG_INVALID', message, { hint, cause });
    }
  }

  /** The path is the host's and a program may read this. */
  #unusable(cause?: unknown): SandboxError {
    const { list, readHint: hint } = this.#options;
    const message = `The file of ${list} cannot be read.`;
    return new SandboxError('CONFIG_INVALID', message, { hint, cause });
  }
}

/** Whether the members of `value` with these names are all texts. */
export function hasTexts(value: JsonObject, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(value, name) && typeof value[name] === 'string');
}
