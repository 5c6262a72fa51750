import { SandboxError, toolsRoot, type VfsPath } from '@org/core';
import { type Plugin, rolldown } from 'rolldown';
import type { ImportedFile } from './imports.ts';
import {
  bundleError,
  errorAt,
  missingExport,
  parseModule,
  type SourceModule,
} from './source-module.ts';

/** A program to bundle. */
export interface ProgramSource {
  /** Where it stands, so that `./servers/x` resolves. */
  readonly place: VfsPath;
  /** What the agent calls the file; used in errors. */
  readonly name: string;
  readonly source: string;
}

export interface Bundle {
  /** Statements of an async function's body. */
  readonly code: string;
  /** Source map of `code`, JSON; its sources are named as the agent knows them. */
  readonly map: string;
  /** Names that the program exports, and with that its entries. */
  readonly exports: readonly string[];
}

/** @throws SandboxError `UNKNOWN_IMPORT`, or what reading the file throws */
export type ResolveImport = (specifier: string, importer: VfsPath) => Promise<ImportedFile>;

interface LoadedFile {
  readonly text: string;
  readonly module: SourceModule;
}

const entryId = '\0entry';

/** Hands the guest an object with a getter for each export, since a binding may change later. */
function entryCode(path: VfsPath, names: readonly string[]): string {
  const getters = names.map((name) => {
    const key = JSON.stringify(name);
    return `get ${key}() { return program[${key}]; }`;
  });
  const exports = `{ __proto__: null, ${getters.join(', ')} }`;
  return `import * as program from ${JSON.stringify(path)}; $export(${exports});`;
}

/** Feeds the bundler from the virtual file system, and keeps what it has read. */
class ProgramFiles {
  readonly loaded = new Map<VfsPath, LoadedFile>();
  /** The first failure: the bundler would only pass on its text. */
  failure: unknown;
  readonly #resolveImport: ResolveImport;
  readonly #root: VfsPath;
  readonly #name: string;

  constructor({ place, name, source }: ProgramSource, resolve: ResolveImport) {
    this.#resolveImport = resolve;
    this.#root = place;
    this.#name = name;
    this.#add(place, source);
  }

  /** What the agent calls the file with the virtual path `path`. */
  show(path: string): string {
    return path === this.#root ? this.#name : path;
  }

  #add(path: VfsPath, text: string): void {
    if (this.loaded.has(path)) return;
    const module = path.endsWith('.json')
      ? { code: text, exports: [], stars: [], imports: [], requests: [] }
      : parseModule(this.show(path), text, path === this.#root);
    this.loaded.set(path, { text, module });
  }

  async #resolve(specifier: string, importer: VfsPath): Promise<VfsPath> {
    const { path, text } = await this.#resolveImport(specifier, importer).catch((error) => {
      throw this.#located(error, specifier, importer);
    });
    this.#add(path, text);
    await this.#checkNames(specifier, importer, path);
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
    const place = { file: this.show(importer), text, offset };
    return errorAt('UNKNOWN_IMPORT', place, error.message.replace(/\.$/u, ''), error.hint);
  }

  async #checkNames(specifier: string, importer: VfsPath, imported: VfsPath): Promise<void> {
    const { exports, stars } = (this.loaded.get(imported) as LoadedFile).module;
    // Of these the bundler knows more.
    if (stars.length > 0 || imported.endsWith('.json')) return;
    const from = this.loaded.get(importer) as LoadedFile;
    const missing = from.module.imports.find(
      (wanted) => wanted.specifier === specifier && !exports.includes(wanted.name),
    );
    if (missing === undefined) return;
    // Of a name that is withheld, its file says why.
    await this.#resolveImport(`./${missing.name}.ts`, imported).catch((error) => {
      if ((error as SandboxError).code === 'NOT_ALLOWED') throw error;
    });
    throw missingExport({ file: this.show(importer), text: from.text }, missing, exports);
  }

  /** Names that the file exports, those of its `export *` included. */
  async exportsOf(path: VfsPath = this.#root, seen = new Set<VfsPath>()): Promise<string[]> {
    if (seen.has(path)) return [];
    seen.add(path);
    const { exports, stars } = (this.loaded.get(path) as LoadedFile).module;
    const passedOn = await Promise.all(
      stars.map(async (from) => this.exportsOf(await this.#resolve(from, path), seen)),
    );
    const named = passedOn.flat().filter((name) => name !== 'default');
    return [...new Set([...exports, ...named])];
  }

  /** What to show of the file with the virtual path `path`. */
  find(path: string): { file: string; text: string; map?: string } | undefined {
    const found = this.loaded.get(path as VfsPath);
    if (found === undefined) return undefined;
    const { text, module } = found;
    const file = this.show(path);
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
      load: async (id) => {
        if (id === entryId) {
          const names = await keep(() => this.exportsOf());
          return { code: entryCode(this.#root, names), moduleType: 'js' };
        }
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

/**
 * Parses a program and the files that it imports, strips their types and makes them one.
 * @throws SandboxError `SYNTAX` or `UNKNOWN_IMPORT`, with the place in the agent's file, or what
 * `resolve` throws
 */
export async function bundleProgram(
  source: ProgramSource,
  resolve: ResolveImport,
): Promise<Bundle> {
  const files = new ProgramFiles(source, resolve);
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
      sourcemapPathTransform: (path) => path.replace(/^(?:\.\.\/)+/u, '/'),
    });
    const [{ code, map }] = output;
    const { version, sources = [], names = [], mappings } = map ?? { mappings: '' };
    const shown = { version, sources: sources.map((path) => files.show(path)), names, mappings };
    return { code, map: JSON.stringify(shown), exports: await files.exportsOf() };
  } catch (error) {
    if (files.failure !== undefined) throw files.failure;
    throw bundleError(error, (path) => files.find(path));
  }
}
