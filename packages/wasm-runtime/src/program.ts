import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type FileSystem, parseVfsPath, toolsRoot, type VfsPath } from '@org/core';
import { LRUCache } from 'lru-cache';
import { CompileProcess } from './compile-process.ts';
import { ImportResolver } from './imports.ts';
import { type PositionMapper, positionMapper } from './stack.ts';

/** A program that was parsed, had its types stripped and its imports bundled. Immutable. */
export interface Program {
  /** What the agent calls the file; used in errors. */
  readonly name: string;
  /** The bundle: statements of an async function's body. */
  readonly code: string;
  /** BLAKE3 of `code`, hex. */
  readonly digest: string;
  /** Source map of `code`, JSON; its sources are named as the agent knows them. */
  readonly map: string;
  /** Turns a position in `code` into `file:line:column` of the agent's own file. */
  readonly toPosition: PositionMapper;
}

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
  readonly #files: FileSystem;
  readonly #process = new CompileProcess();
  readonly #cache = new LRUCache<string, { program: Program; read: Map<VfsPath, string> }>({
    max: 100,
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: ({ program }) => program.code.length + 1,
  });

  constructor(files: FileSystem) {
    this.#files = files;
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
    const key = bytesToHex(blake3(utf8ToBytes(`${name}\0${source}`)));
    const cached = this.#cache.get(key);
    if (cached !== undefined && (await this.#unchanged(cached.read))) return cached.program;

    const place = placeOf(name);
    const resolver = new ImportResolver(this.#files);
    const { code, map, read } = await this.#process.compile({ place, name, source }, (...request) =>
      resolver.resolve(...request),
    );
    const program: Program = Object.freeze({
      name,
      code,
      digest: bytesToHex(blake3(utf8ToBytes(code))),
      map,
      toPosition: positionMapper(map),
    });
    const imported = new Map(read);
    imported.delete(place);
    this.#cache.set(key, { program, read: imported });
    return program;
  }

  /** Whether every imported file still has the text that the cached program was made from. */
  async #unchanged(read: ReadonlyMap<VfsPath, string>): Promise<boolean> {
    for (const [path, text] of read) {
      const now = await this.#files.readFile(path).catch(() => undefined);
      if (now !== text) return false;
    }
    return true;
  }
}
