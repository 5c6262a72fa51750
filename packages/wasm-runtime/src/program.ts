import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type FileSystem, parseVfsPath, SandboxError, toolsRoot, type VfsPath } from '@org/core';
import { LRUCache } from 'lru-cache';
import { type Plugin, rolldown } from 'rolldown';
import { ImportResolver } from './imports.ts';
import {
  bundleError,
  errorAt,
  missingExport,
  parseModule,
  type SourceModule,
} from './source-module.ts';
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

interface LoadedFile {
  readonly text: string;
  readonly module: SourceModule;
}

const entryId = '\0entry';
const entryCode = (path: VfsPath) =>
  `import * as program from ${JSON.stringify(path)}; $deliver(program.default);`;

/** Feeds the bundler from the virtual file system, and keeps what it has read. */
class ProgramFiles {
  readonly loaded = new Map<VfsPath, LoadedFile>();
  /** The first failure: the bundler would only pass on its text. */
  failure: unknown;
  readonly #resolver: ImportResolver;
  readonly #root: VfsPath;
  readonly #show: (path: string) => string;

  constructor(files: FileSystem, root: VfsPath, source: string, show: (path: string) => string) {
    this.#resolver = new ImportResolver(files);
    this.#root = root;
    this.#show = show;
    this.#add(root, source);
  }

  #add(path: VfsPath, text: string): void {
    if (this.loaded.has(path)) return;
    const module = path.endsWith('.json')
      ? { code: text, exports: undefined, imports: [], requests: [] }
      : parseModule(this.#show(path), text, path === this.#root);
    this.loaded.set(path, { text, module });
  }

  async #resolve(specifier: string, importer: VfsPath): Promise<VfsPath> {
    const { path, text } = await this.#resolver.resolve(specifier, importer).catch((error) => {
      throw this.#located(error, specifier, importer);
    });
    this.#add(path, text);
    this.#checkNames(specifier, importer, path);
    return path;
  }

  /** Adds the place of the import to an error about it. */
  #located(error: unknown, specifier: string, importer: VfsPath): unknown {
    if (!(error instanceof SandboxError) || error.code !== 'UNKNOWN_IMPORT') return error;
    const { text, module } = this.loaded.get(importer) as LoadedFile;
    const request = module.requests.find((wanted) => wanted.specifier === specifier);
    // Only a call of require() is not among them.
    const quoted = new RegExp(`(['"])${RegExp.escape(specifier)}\\1`, 'u');
    const offset = request?.start ?? Math.max(0, text.search(quoted));
    const place = { file: this.#show(importer), text, offset };
    return errorAt('UNKNOWN_IMPORT', place, error.message.replace(/\.$/u, ''), error.hint);
  }

  #checkNames(specifier: string, importer: VfsPath, imported: VfsPath): void {
    const { exports } = (this.loaded.get(imported) as LoadedFile).module;
    if (exports === undefined) return;
    const from = this.loaded.get(importer) as LoadedFile;
    const missing = from.module.imports.find(
      (wanted) => wanted.specifier === specifier && !exports.includes(wanted.name),
    );
    if (missing === undefined) return;
    throw missingExport({ file: this.#show(importer), text: from.text }, missing, exports);
  }

  /** What to show of the file with the virtual path `path`. */
  find(path: string): { file: string; text: string; map?: string } | undefined {
    const found = this.loaded.get(path as VfsPath);
    if (found === undefined) return undefined;
    const { text, module } = found;
    const file = this.#show(path);
    return module.map === undefined ? { file, text } : { file, text, map: module.map };
  }

  get plugin(): Plugin {
    const keep = async <Value>(work: () => Promise<Value> | Value): Promise<Value> => {
      try {
        return await work();
      } catch (error) {
        this.failure ??= error;
        // Not the error itself: the bundler writes its own code and message into what it catches.
        throw new Error('The import failed.');
      }
    };
    return {
      name: 'virtual-files',
      resolveId: (specifier, importer) =>
        keep(async () => {
          if (importer === undefined || importer === entryId) return specifier;
          return this.#resolve(specifier, importer as VfsPath);
        }),
      load: (id) => {
        if (id === entryId) return { code: entryCode(this.#root), moduleType: 'js' };
        const { module } = this.loaded.get(id as VfsPath) as LoadedFile;
        return {
          code: module.code,
          ...(module.map === undefined ? {} : { map: module.map }),
          moduleType: id.endsWith('.json') ? 'json' : /\.[cm]?js$/u.test(id) ? 'js' : 'ts',
          // Only generated wrappers may be dropped when they are not used.
          moduleSideEffects: id.startsWith(`${toolsRoot}/servers/`) ? false : 'no-treeshake',
        };
      },
    };
  }
}

async function bundle(
  files: ProgramFiles,
  show: (path: string) => string,
): Promise<{ code: string; map: string }> {
  try {
    await using build = await rolldown({
      input: entryId,
      plugins: [files.plugin],
      platform: 'neutral',
      cwd: '/',
      logLevel: 'silent',
    });
    const { output } = await build.generate({
      format: 'esm',
      sourcemap: 'hidden',
      codeSplitting: false,
      minify: false,
      sourcemapPathTransform: (source) => source.replace(/^(?:\.\.\/)+/u, '/'),
    });
    const [chunk] = output;
    const { version, sources = [], names = [], mappings } = chunk.map ?? { mappings: '' };
    const map = { version, sources: sources.map(show), names, mappings };
    return { code: chunk.code, map: JSON.stringify(map) };
  } catch (error) {
    if (files.failure !== undefined) throw files.failure;
    throw bundleError(error, (path) => files.find(path));
  }
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

/** Compiles programs against one file system and remembers the last ones. */
export class ProgramCompiler {
  readonly #files: FileSystem;
  readonly #cache = new LRUCache<string, { program: Program; read: Map<VfsPath, string> }>({
    max: 100,
    maxSize: 64 * 1024 * 1024,
    sizeCalculation: ({ program }) => program.code.length + 1,
  });

  constructor(files: FileSystem) {
    this.#files = files;
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
    const show = (path: string) => (path === place ? name : path);
    const files = new ProgramFiles(this.#files, place, source, show);
    const { code, map } = await bundle(files, show);
    const program: Program = Object.freeze({
      name,
      code,
      digest: bytesToHex(blake3(utf8ToBytes(code))),
      map,
      toPosition: positionMapper(map),
    });
    const read = new Map([...files.loaded].map(([path, { text }]) => [path, text]));
    read.delete(place);
    this.#cache.set(key, { program, read });
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
