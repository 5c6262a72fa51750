import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { SandboxError } from '@org/core';

export interface AuditFileOptions {
  readonly path: string;
  /** A file that would grow beyond this is put aside as `<path>.1`. Default 10 MiB. */
  readonly maxBytes?: number;
  /** How many files are kept, the one that is written included. Default 5. */
  readonly files?: number;
}

const appending = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW;
const newline = Buffer.from('\n');

/** A file of lines with one writer, which is put aside when it is full. Opened at the first line. */
export class RotatedFile {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #files: number;
  #handle: FileHandle | undefined;
  #bytes = 0;
  /** Whether the file ends within a line that could not be written to its end. */
  #torn = false;

  /** @throws SandboxError `USAGE`: not whole numbers from 1 */
  constructor({ path: file, maxBytes = 10 * 1024 * 1024, files = 5 }: AuditFileOptions) {
    for (const [name, value] of Object.entries({ maxBytes, files })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new SandboxError('USAGE', `${name} must be a whole number from 1, not ${value}.`);
    }
    this.path = path.resolve(file);
    this.#maxBytes = maxBytes;
    this.#files = files;
  }

  /**
   * Appends whole lines. Not to be called again before it has settled.
   * @throws the system's error; the next call begins a new line
   */
  async append(lines: string): Promise<void> {
    const bytes = Buffer.from(lines);
    this.#handle ??= await this.#open();
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) {
      await this.#putAside();
      this.#handle = await this.#open();
    }
    const all = this.#torn ? Buffer.concat([newline, bytes]) : bytes;
    this.#torn = true;
    await this.#handle.appendFile(all);
    this.#torn = false;
    this.#bytes += all.length;
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.path, appending, 0o600);
    try {
      const info = await handle.stat();
      if (!info.isFile()) throw Object.assign(new Error('not a file'), { code: 'ENOTFILE' });
      // It may be older, and open to others.
      if ((info.mode & 0o077) !== 0) await handle.chmod(0o600);
      this.#bytes = info.size;
      const last = Buffer.alloc(1);
      if (info.size > 0) await handle.read(last, 0, 1, info.size - 1);
      this.#torn = info.size > 0 && !last.equals(newline);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return handle;
  }

  async #putAside(): Promise<void> {
    await this.close();
    const aside = (number: number) => (number === 0 ? this.path : `${this.path}.${number}`);
    await rm(aside(this.#files - 1), { force: true });
    for (let number = this.#files - 2; number >= 0; number--) {
      await rename(aside(number), aside(number + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
