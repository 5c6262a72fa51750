import { constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean, parseVfsPath, SandboxError, type VfsPath } from '@org/core';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** What of a folder of the host a program can get at one time. */
export interface HostFolderLimits {
  /** One file. Default 8 MiB. */
  readonly fileBytes: number;
  /** Names in one folder. Default 10,000. */
  readonly entries: number;
}

const defaultLimits: HostFolderLimits = { fileBytes: 8 * 1024 * 1024, entries: 10_000 };

type Kind = 'file' | 'folder';

/**
 * A folder of the host, to read. A link is followed where it stays within the folder; one that leads
 * out, and all that is no file or folder, cannot be opened. Nothing is read before it is asked for,
 * and nothing is kept. Made by `openHostFolder`.
 */
export class HostFolder {
  /** Without links. */
  readonly #root: string;
  readonly #limits: HostFolderLimits;

  constructor(root: string, limits: HostFolderLimits) {
    this.#root = root;
    this.#limits = limits;
  }

  /**
   * @param below path from this folder, with `/`
   * @param shown what errors call it
   * @throws SandboxError `FILE_NOT_FOUND`, `NOT_A_FILE`, `NOT_TEXT`: it is no UTF-8, or
   * `QUOTA_EXCEEDED`: it is too large
   */
  async read(below: string, shown: VfsPath): Promise<string> {
    await using file = await this.#open(below, shown, 'file');
    const bytes = await this.#bytes(file, shown);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new SandboxError('NOT_TEXT', `Cannot read ${shown}: it is not text in UTF-8.`, {
        hint: 'A program reads texts alone. Convert the file before, or let the tool of a server read it.',
        cause,
      });
    }
  }

  /**
   * Names in a folder, sorted by code unit; a folder's name ends in `/`. Left out is what could not
   * be opened: links that lead out, what is no file or folder, and names that no virtual path has.
   * @throws SandboxError `FILE_NOT_FOUND`, or `QUOTA_EXCEEDED`: over `entries` names
   */
  async list(below: string, shown: VfsPath): Promise<string[]> {
    await using folder = await this.#open(below, shown, 'folder');
    const names: string[] = [];
    let seen = 0;
    const place = (await placeOf(folder)) === undefined ? path.join(this.#root, below) : fd(folder);
    for await (const entry of await opendir(place)) {
      if (++seen > this.#limits.entries) {
        const what = `Cannot list ${shown}: it has over ${this.#limits.entries} entries.`;
        throw new SandboxError('QUOTA_EXCEEDED', what, { hint: 'Read its files by their names.' });
      }
      if (!isVirtualName(entry.name, shown)) continue;
      if (entry.isFile()) names.push(entry.name);
      else if (entry.isDirectory()) names.push(`${entry.name}/`);
      else if (entry.isSymbolicLink()) {
        const kind = await this.#kindBehind(path.join(this.#root, below, entry.name));
        if (kind !== undefined) names.push(kind === 'folder' ? `${entry.name}/` : entry.name);
      }
    }
    return names.sort((a, b) => (a < b ? -1 : 1));
  }

  async #kindBehind(link: string): Promise<Kind | undefined> {
    try {
      const real = await realpath(link);
      return this.#contains(real) ? kindOf(await lstat(real)) : undefined;
    } catch {
      return undefined;
    }
  }

  #contains(real: string): boolean {
    return real === this.#root || real.startsWith(`${this.#root}${this.#root === '/' ? '' : '/'}`);
  }

  async #open(below: string, shown: VfsPath, wanted: Kind): Promise<FileHandle> {
    const cannot = wanted === 'file' ? `Cannot read ${shown}` : `Cannot list ${shown}`;
    const refuse = (why: string): SandboxError =>
      new SandboxError('NOT_A_FILE', `${cannot}: ${why}.`);
    try {
      const real = await realpath(path.join(this.#root, below));
      if (!this.#contains(real)) throw refuse('it is a link that leads out of the mounted folder');
      const kind = kindOf(await lstat(real));
      if (kind === undefined) throw refuse('it is neither a file nor a folder');
      if (kind !== wanted) throw wrongKind(shown, wanted);
      const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (wanted === 'folder' ? O_DIRECTORY : 0);
      const handle = await open(real, flags);
      // What was looked at may have been replaced before it was opened.
      if ((await this.#isWithin(handle, real)) && kindOf(await handle.stat()) === wanted) {
        return handle;
      }
      await handle.close();
      throw refuse('it changes while it is read');
    } catch (error) {
      if (error instanceof SandboxError) throw error;
      throw await this.#unopened(error as NodeJS.ErrnoException, below, shown, wanted);
    }
  }

  async #isWithin(handle: FileHandle, real: string): Promise<boolean> {
    const place = await placeOf(handle);
    if (place !== undefined) return this.#contains(place);
    const [opened, now] = await Promise.all([handle.stat(), realpath(real)]);
    const found = await stat(now);
    return this.#contains(now) && found.ino === opened.ino && found.dev === opened.dev;
  }

  async #unopened(
    cause: NodeJS.ErrnoException,
    below: string,
    shown: VfsPath,
    wanted: Kind,
  ): Promise<SandboxError> {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') {
      const what = `Cannot open ${shown}: the host's system refuses (${cause.code}).`;
      return new SandboxError('FILE_NOT_FOUND', what, { cause });
    }
    const parent = shown.slice(0, shown.lastIndexOf('/')) as VfsPath;
    const above = below.includes('/') ? below.slice(0, below.lastIndexOf('/')) : '';
    const names = below === '' ? [] : await this.list(above, parent).catch(() => []);
    const plain = names.map((name) => name.replace(/\/$/, ''));
    const suggestion = didYouMean(shown.slice(parent.length + 1), plain);
    return new SandboxError('FILE_NOT_FOUND', `There is no ${wanted} ${shown}.${suggestion}`, {
      hint: `listFiles(${JSON.stringify(parent)}) shows what is there.`,
      cause,
    });
  }

  /** Not by the size that the system tells, which can be 0 for a file that has none. */
  async #bytes(file: FileHandle, shown: VfsPath): Promise<Uint8Array> {
    const { fileBytes } = this.#limits;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of file.createReadStream({ autoClose: false, end: fileBytes })) {
      chunks.push(chunk);
      length += chunk.length;
    }
    if (length <= fileBytes) return Buffer.concat(chunks, length);
    const what = `Cannot read ${shown}: it has over ${fileBytes} bytes, and a mounted file may have so many.`;
    throw new SandboxError('QUOTA_EXCEEDED', what, {
      hint: 'Split the file before, or let the tool of a server read it.',
    });
  }
}

/**
 * A folder of the host, for `mounts` of `createFileSystem`.
 * @throws SandboxError `FILE_NOT_FOUND` or `NOT_A_FILE`: no folder that can be read
 */
export async function openHostFolder(
  folder: string,
  limits: Partial<HostFolderLimits> = {},
): Promise<HostFolder> {
  const root = await realpath(folder).catch((cause: NodeJS.ErrnoException) => {
    const what = `Cannot open the folder ${folder}: ${cause.code}.`;
    throw new SandboxError('FILE_NOT_FOUND', what, { cause });
  });
  if (!(await stat(root)).isDirectory()) {
    throw new SandboxError('NOT_A_FILE', `${folder} is a file, not a folder.`);
  }
  return new HostFolder(root, { ...defaultLimits, ...limits });
}

function wrongKind(shown: VfsPath, wanted: Kind): SandboxError {
  return wanted === 'file'
    ? new SandboxError('NOT_A_FILE', `Cannot read ${shown}: it is a folder.`, {
        hint: 'Use listFiles to see what is in it.',
      })
    : new SandboxError('FILE_NOT_FOUND', `There is no folder ${shown}: it is a file.`, {
        hint: 'Use readFile to read it.',
      });
}

function kindOf(found: { isFile(): boolean; isDirectory(): boolean }): Kind | undefined {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : undefined;
}

function isVirtualName(name: string, folder: VfsPath): boolean {
  try {
    return parseVfsPath(`${folder}/${name}`) === `${folder}/${name}`;
  } catch {
    return false;
  }
}

const fd = (handle: FileHandle): string => `/proc/self/fd/${handle.fd}`;

/** Where an open file lies now, as Linux tells it; undefined on other systems. */
async function placeOf(handle: FileHandle): Promise<string | undefined> {
  return readlink(fd(handle)).catch(() => undefined);
}
