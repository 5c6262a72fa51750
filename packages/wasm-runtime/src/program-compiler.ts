import { type FileSystem, parseVfsPath, toolsRoot, type VfsPath } from '@org/core';
import { LRUCache } from 'lru-cache';
import { CompileProcess } from './compile-process.ts';
import { ImportResolver } from './imports.ts';
import {
  createProgram,
  type ImportRecord,
  type Program,
  type ProgramWriter,
  sha256,
} from './program.ts';

/** Where a program stands, so that `./servers/x` resolves. */
function placeOf(name: string): VfsPath {
  const base = name.split(/[\\/]/u).at(-1) ?? '';
  const safe = /^[\w.-]+\.[cm]?[jt]s$/u.test(base) ? base : 'program.ts';
  return parseVfsPath(safe, toolsRoot);
}

export interface CompileOptions {
  /** What the agent calls the file; decides between TypeScript and JavaScript. */
  readonly name?: string;
}

/** Compiles programs against one file system, in a process of its own, and keeps the last ones. */
export class ProgramCompiler implements AsyncDisposable {
  readonly #resolver: ImportResolver;
  readonly #writer: ProgramWriter;
  readonly #process = new CompileProcess();
  readonly #cache = new LRUCache<string, Program>({
    max: 100,
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: ({ code }) => code.length + 1,
  });

  constructor(files: FileSystem, writer: ProgramWriter) {
    this.#resolver = new ImportResolver(files);
    this.#writer = writer;
  }

  /** Starts the process ahead of its first use. */
  warm(): void {
    this.#process.warm();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  /**
   * @throws SandboxError `SYNTAX` or `UNKNOWN_IMPORT`, with the place in the agent's file; other
   * codes when a file that is imported cannot be read
   */
  async compile(source: string, { name = 'program.ts' }: CompileOptions = {}): Promise<Program> {
    const key = sha256(JSON.stringify([name, source]));
    const cached = this.#cache.get(key);
    if (cached !== undefined && (await this.#unchanged(cached.imports))) return cached;

    const imports = new Map<string, ImportRecord>();
    const { code, map, exports } = await this.#process.compile(
      { place: placeOf(name), name, source },
      async (specifier, importer) => {
        const file = await this.#resolver.resolve(specifier, importer);
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
    this.#cache.set(key, program);
    return program;
  }

  /** Whether every import still leads to the same file with the same text. */
  async #unchanged(imports: readonly ImportRecord[]): Promise<boolean> {
    for (const { specifier, importer, path, sha256: digest } of imports) {
      const file = await this.#resolver.resolve(specifier, importer).catch(() => undefined);
      if (file?.path !== path || sha256(file.text) !== digest) return false;
    }
    return true;
  }
}
