import { createHash, randomBytes } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { lstat, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import {
  isProcessAlive,
  makeFolder,
  parseVfsPath,
  SandboxError,
  toolsRoot,
  type VfsPath,
} from '@org/core';

/**
 * Names the files that earlier commands wrote into the folder, each with the SHA-256 of its text; of
 * the old text and of the new one, in a row, where a command was stopped.
 */
const manifestName = '.mcp-cli-files.json';
const temporary = /^\.mcp-cli-(\d+)-[0-9a-f]+\.tmp$/u;
const maxFileBytes = 32 * 1024 * 1024;

/**
 * `changed`: of a user who edited it; it stays as it is. `removed`: written earlier, and not part of
 * the tree any more.
 */
export type FileStatus = 'written' | 'unchanged' | 'changed' | 'removed';

export interface PlannedFile {
  readonly path: VfsPath;
  /** Empty for one that is removed. */
  readonly text: string;
  readonly status: FileStatus;
}

export interface PlanOptions {
  /** Replace files that no earlier command wrote. */
  readonly force: boolean;
  /** Folders whose files stay, although they are not part of the tree. */
  readonly keep: readonly VfsPath[];
  /** Files that stay as they are once a user has edited or written them. */
  readonly editable: readonly VfsPath[];
}

/** A folder of the disk that mirrors files of /mcp-tools. Links in it are not followed. */
export class OutputFolder {
  readonly #shown: string;
  /** Without links. */
  readonly #root: string;
  #manifest = new Map<VfsPath, string>();

  private constructor(shown: string, root: string) {
    this.#shown = shown;
    this.#root = root;
  }

  /** The folder need not be there. @throws SandboxError `USAGE`: it is a file, or cannot be read */
  static async open(folder: string): Promise<OutputFolder> {
    const root = await realpath(folder).catch(() => path.resolve(folder));
    const output = new OutputFolder(folder, root);
    const found = await lstat(root).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) {
      throw output.#refuse('it is a file, not a folder');
    }
    output.#manifest = parseManifest((await output.#read(manifestName)) ?? '{}');
    return output;
  }

  #refuse(why: string, cause?: unknown): SandboxError {
    return new SandboxError('USAGE', `Cannot write to ${this.#shown}: ${why}.`, {
      hint: 'Name a folder of its own with --output.',
      cause,
    });
  }

  /** What has to be done for the folder to have `files`. Writes nothing. @throws SandboxError `USAGE` */
  async plan(files: ReadonlyMap<VfsPath, string>, options: PlanOptions): Promise<PlannedFile[]> {
    const planned: PlannedFile[] = [];
    const foreign: string[] = [];
    for (const [file, text] of files) {
      const found = await this.#read(nameOf(file));
      const written = this.#manifest.get(file);
      const isEdited = found !== undefined && !isOurs(written, found);
      if (found === text) planned.push({ path: file, text, status: 'unchanged' });
      else if (isEdited && options.editable.includes(file)) {
        planned.push({ path: file, text: found, status: 'changed' });
      } else {
        if (found !== undefined && written === undefined) foreign.push(nameOf(file));
        planned.push({ path: file, text, status: 'written' });
      }
    }
    if (foreign.length > 0 && !options.force) {
      const more = foreign.length > 3 ? ` and ${foreign.length - 3} more` : '';
      const names = `${foreign.slice(0, 3).join(', ')}${more}`;
      throw new SandboxError(
        'USAGE',
        `Cannot write to ${this.#shown}: no earlier command wrote what is there as ${names}.`,
        { hint: 'Name a folder of its own with --output, or replace them with --force.' },
      );
    }
    for (const [file, written] of this.#manifest) {
      if (files.has(file) || options.keep.some((folder) => file.startsWith(`${folder}/`))) continue;
      const found = await this.#read(nameOf(file));
      if (found === undefined) continue;
      const status = isOurs(written, found) ? 'removed' : 'changed';
      planned.push({ path: file, text: status === 'removed' ? '' : found, status });
    }
    return planned;
  }

  /**
   * Carries out a plan, file by file: whoever reads one, also after a crash, finds the old text or the
   * new one. @throws SandboxError `USAGE`: the disk refuses
   */
  async apply(planned: readonly PlannedFile[]): Promise<void> {
    const written = planned.filter(({ status }) => status === 'written');
    const removed = planned.filter(({ status }) => status === 'removed');
    const fold = (file: VfsPath) => file.toLowerCase();
    const names = new Set(written.map((one) => fold(one.path)));
    // On a disk without case, what goes is the same file as what comes: so it goes first.
    const twins = removed.filter((one) => names.has(fold(one.path)));
    const before = new Map(this.#manifest);
    const listed = new Map(this.#manifest);
    for (const { path: file, text, status } of planned) {
      if (status !== 'written' && status !== 'unchanged') continue;
      const sums = (this.#manifest.get(file) ?? '').split(' ');
      before.set(file, [...new Set([...sums, digest(text)])].join(' ').trim());
      listed.set(file, digest(text));
    }
    try {
      makeFolder(this.#root, mkdirSync);
      await this.#removeLeftovers();
      // Before the files: what a crash leaves of them is known as ours.
      if (written.length > 0) await this.#writeManifest(before);
      for (const { path: file } of twins) await this.#remove(nameOf(file));
      for (const { path: file, text } of written) await this.#write(nameOf(file), text);
      for (const one of removed) {
        if (!twins.includes(one)) await this.#remove(nameOf(one.path));
        listed.delete(one.path);
      }
      await this.#writeManifest(listed);
    } catch (cause) {
      if (cause instanceof SandboxError) throw cause;
      throw this.#refuse((cause as Error).message.split(',', 1)[0] as string, cause);
    }
  }

  async #writeManifest(listed: ReadonlyMap<VfsPath, string>): Promise<void> {
    const files = Object.fromEntries(
      [...listed]
        .map(([file, sum]) => [nameOf(file), sum] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const text = `${JSON.stringify({ files }, null, 2)}\n`;
    if ((await this.#read(manifestName)) !== text) await this.#write(manifestName, text);
    this.#manifest = new Map(listed);
  }

  /** Text of a file, or undefined where there is none. @throws SandboxError `USAGE`: it is no file */
  async #read(name: string): Promise<string | undefined> {
    if (!(await this.#isReached(name))) return undefined;
    const file = path.join(this.#root, name);
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined) return undefined;
    if (found.isSymbolicLink()) throw this.#refuse(`${name} is a link, and links are not followed`);
    if (!found.isFile()) throw this.#refuse(`${name} is there, and is not a file`);
    if (found.size > maxFileBytes) throw this.#refuse(`${name} is too large to compare`);
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    try {
      await using handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      return await handle.readFile('utf8');
    } catch (cause) {
      throw this.#refuse(
        `${name} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
        cause,
      );
    }
  }

  /** Whether the folders that lead to `name` are there. @throws SandboxError `USAGE`: one is none */
  async #isReached(name: string): Promise<boolean> {
    const folders = name.split('/').slice(0, -1);
    for (const [index] of folders.entries()) {
      const folder = folders.slice(0, index + 1).join('/');
      const found = await lstat(path.join(this.#root, folder)).catch(() => undefined);
      if (found === undefined) return false;
      if (found.isSymbolicLink()) {
        throw this.#refuse(`${folder} is a link, and links are not followed`);
      }
      if (!found.isDirectory()) throw this.#refuse(`${folder} is there, and is not a folder`);
    }
    return true;
  }

  async #write(name: string, text: string): Promise<void> {
    if (!(await this.#isReached(name))) {
      makeFolder(path.join(this.#root, path.dirname(name)), mkdirSync);
    }
    const draft = path.join(
      this.#root,
      `.mcp-cli-${process.pid}-${randomBytes(6).toString('hex')}.tmp`,
    );
    try {
      await using handle = await open(draft, 'wx');
      await handle.writeFile(text);
      await rename(draft, path.join(this.#root, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Also the folders that are empty then. */
  async #remove(name: string): Promise<void> {
    await rm(path.join(this.#root, name), { force: true });
    for (let folder = path.dirname(name); folder !== '.'; folder = path.dirname(folder)) {
      const isLeft = await rmdir(path.join(this.#root, folder)).then(
        () => false,
        () => true,
      );
      if (isLeft) return;
    }
  }

  /** What commands left that did not end by themselves. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#root)) {
      const pid = temporary.exec(name)?.[1];
      if (pid !== undefined && !isProcessAlive(Number(pid))) {
        await rm(path.join(this.#root, name), { force: true });
      }
    }
  }
}

/** @param sums digests of a list, with a space between */
function isOurs(sums: string | undefined, text: string): boolean {
  return sums?.split(' ').includes(digest(text)) ?? false;
}

function nameOf(file: VfsPath): string {
  return file.slice(toolsRoot.length + 1);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A manifest is the disk's text: what is not a name below the folder with a digest is passed over. */
function parseManifest(text: string): Map<VfsPath, string> {
  const listed = new Map<VfsPath, string>();
  let files: unknown;
  try {
    ({ files } = JSON.parse(text) as { files?: unknown });
  } catch {
    return listed;
  }
  if (typeof files !== 'object' || files === null) return listed;
  for (const [name, sum] of Object.entries(files)) {
    if (typeof sum !== 'string') continue;
    try {
      const file = parseVfsPath(name, toolsRoot);
      if (file === `${toolsRoot}/${name}`) listed.set(file, sum);
    } catch {
      // No path of ours.
    }
  }
  return listed;
}
