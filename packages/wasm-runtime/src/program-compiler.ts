import { type FileSystem, parseVfsPath, SandboxError, toolsRoot, type VfsPath } from '@org/core';
import { LRUCache } from 'lru-cache';
import { CompileProcess } from './compile-process.ts';
import { DiskCache } from './disk-cache.ts';
import type { Engine } from './engine.ts';
import { ImportResolver } from './imports.ts';
import {
  type CompiledProgram,
  createProgram,
  type ImportRecord,
  type Program,
  type ProgramWriter,
  sha256,
} from './program.ts';
import { decodeProgramFile, encodeProgramFile } from './program-file.ts';

/** Where a program stands, so that `./servers/x` resolves. */
function placeOf(name: string): VfsPath {
  const base = name.split(/[\\/]/u).at(-1) ?? '';
  const safe = /^[\w.-]+\.[cm]?[jt]s$/u.test(base) ? base : 'program.ts';
  return parseVfsPath(safe, toolsRoot);
}

/** Longer programs are not kept on the disk. */
const maxKeptChars = 1024 * 1024;

export interface CompileOptions {
  /** What the agent calls the file; decides between TypeScript and JavaScript. */
  readonly name?: string;
  /** What it imports. Default: the sandbox's. */
  readonly files?: FileSystem;
}

export interface CompilerParts {
  readonly engine: Pick<Engine, 'digest' | 'compiler'>;
  readonly writer: ProgramWriter;
  /** Where programs are kept on the disk; left out: nowhere. */
  readonly cacheDir?: string | undefined;
}

/**
 * Compiles programs in a process of its own, and keeps them: the last ones in memory, and with a
 * folder on the disk as well. A kept one is used only where each of its imports leads to the same file
 * with the same text in the files of who asks, so that nobody gets another one's.
 */
export class ProgramCompiler implements AsyncDisposable {
  readonly #engine: CompilerParts['engine'];
  readonly #writer: ProgramWriter;
  readonly #disk: DiskCache | undefined;
  readonly #process = new CompileProcess();
  readonly #memory = new LRUCache<string, Program>({
    max: 100,
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: ({ code }) => code.length + 1,
  });

  constructor({ engine, writer, cacheDir }: CompilerParts) {
    this.#engine = engine;
    this.#writer = writer;
    // With a disk the process may never be needed.
    if (cacheDir === undefined) this.#process.warm();
    else this.#disk = new DiskCache(cacheDir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#process[Symbol.asyncDispose](), this.#disk?.settled()]);
  }

  /**
   * @throws SandboxError `SYNTAX` or `UNKNOWN_IMPORT`, with the place in the agent's file; other
   * codes when a file that is imported cannot be read
   */
  async compile(
    source: string,
    { name = 'program.ts', files }: CompileOptions & { readonly files: FileSystem },
  ): Promise<Program> {
    const resolver = new ImportResolver(files);
    const { digest: engine, compiler } = this.#engine;
    const key = sha256(JSON.stringify([engine, compiler, name, source]));
    const kept = this.#memory.get(key) ?? (await this.#fromDisk(key));
    if (kept !== undefined && (await isUnchanged(kept.imports, resolver))) {
      this.#memory.set(key, kept);
      return kept;
    }
    const imports = new Map<string, ImportRecord>();
    const { code, map, exports } = await this.#process.compile(
      { place: placeOf(name), name, source },
      async (specifier, importer) => {
        const file = await resolver.resolve(specifier, importer);
        const { path, text } = file;
        imports.set(`${importer}\0${specifier}`, {
          specifier,
          importer,
          path,
          sha256: sha256(text),
        });
        return file;
      },
    );
    const sorted = [...imports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
    const program = createProgram({ name, code, exports, imports: sorted, map }, this.#writer);
    this.#memory.set(key, program);
    this.#toDisk(key, program);
    return program;
  }

  /** Checked by its checksum; what is damaged counts as missing, and is written anew. */
  async #fromDisk(key: string): Promise<Program | undefined> {
    const bytes = await this.#disk?.read(key);
    if (bytes === undefined) return undefined;
    try {
      return createProgram(decodeProgramFile(bytes, this.#engine.digest), this.#writer);
    } catch (error) {
      if (error instanceof SandboxError) return undefined;
      throw error;
    }
  }

  #toDisk(key: string, program: CompiledProgram): void {
    if (this.#disk === undefined || program.code.length > maxKeptChars) return;
    this.#disk.write(key, encodeProgramFile(program, this.#engine.digest));
  }
}

/** Whether every import still leads to the same file with the same text. */
async function isUnchanged(
  imports: readonly ImportRecord[],
  resolver: ImportResolver,
): Promise<boolean> {
  for (const { specifier, importer, path, sha256: digest } of imports) {
    const file = await resolver.resolve(specifier, importer).catch(() => undefined);
    if (file?.path !== path || sha256(file.text) !== digest) return false;
  }
  return true;
}
