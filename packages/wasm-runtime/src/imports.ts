import {
  didYouMean,
  type FileSystem,
  parseVfsPath,
  SandboxError,
  toolsRoot,
  type VfsPath,
} from '@org/core';

/** A file that a program may import, with its text. */
export interface ImportedFile {
  readonly path: VfsPath;
  readonly text: string;
}

function candidates(path: string): string[] {
  // As TypeScript does: what is imported as .js is written as .ts, where that is there.
  if (path.endsWith('.js')) return [`${path.slice(0, -3)}.ts`, path];
  return [path, `${path}.ts`, `${path}.js`, `${path}/index.ts`, `${path}/index.js`];
}

async function namesIn(files: FileSystem, folder: VfsPath): Promise<string[]> {
  try {
    const names = await files.listFiles(folder);
    return names.map((name) => name.replace(/\/$|\.[jt]s$/u, ''));
  } catch {
    return [];
  }
}

/** What can be imported, for the message about an import that cannot be resolved. */
async function remedy(files: FileSystem, specifier: string): Promise<string> {
  const servers = await namesIn(files, parseVfsPath('servers', toolsRoot));
  const known = servers.map((name) => `./servers/${name}`);
  const list = known.length === 0 ? 'no servers are configured' : known.slice(0, 20).join(', ');
  const suggestion = didYouMean(specifier, known);
  return `A program can import servers (${list}) and files by their path (/workspace/…, /mnt/…).${suggestion}`;
}

/** @throws SandboxError `UNKNOWN_IMPORT` where the specifier is no path of ours */
function pathOf(specifier: string, importer: VfsPath): VfsPath {
  try {
    return parseVfsPath(specifier, parseVfsPath(`${importer}/..`));
  } catch (error) {
    const { message, hint = '' } = error as SandboxError;
    throw new SandboxError('UNKNOWN_IMPORT', message, { hint, cause: error });
  }
}

/** Resolves the imports of programs and of the files they import, within the virtual file system. */
export class ImportResolver {
  readonly #files: FileSystem;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /**
   * @param importer the file that has the import
   * @throws SandboxError `UNKNOWN_IMPORT`, and whatever reading the file throws, such as
   * `SERVER_UNAVAILABLE` when wrappers are generated on first use
   */
  async resolve(specifier: string, importer: VfsPath): Promise<ImportedFile> {
    if (/^\.{0,2}\//u.test(specifier)) {
      for (const candidate of candidates(pathOf(specifier, importer))) {
        const text = await this.#read(candidate as VfsPath);
        if (text !== undefined) return { path: candidate as VfsPath, text };
      }
    }
    throw new SandboxError(
      'UNKNOWN_IMPORT',
      `Cannot import ${JSON.stringify(specifier.slice(0, 200))}.`,
      {
        hint: await remedy(this.#files, specifier),
      },
    );
  }

  async #read(path: VfsPath): Promise<string | undefined> {
    try {
      return await this.#files.readFile(path);
    } catch (error) {
      if (error instanceof SandboxError && ['FILE_NOT_FOUND', 'NOT_A_FILE'].includes(error.code)) {
        return undefined;
      }
      throw error;
    }
  }
}
