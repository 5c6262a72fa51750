import { type FileSystem, SandboxError } from '@org/core';
import { GuestView } from './guest-view.ts';
import { decodeTree, type SyntaxNode } from './syntax-tree.ts';
import {
  type ApiDiagnostic,
  type ApiSymbol,
  type ApiType,
  type Language,
  method,
  projectText,
  type Snapshot,
  signatureProbe,
} from './typescript.ts';
import { CompilerGoneError, TypeScriptProcess } from './typescript-process.ts';

const libraryFolder = '/library';
const globalsPath = '/mcp-tools/globals.d.ts';

/** What the compiler says about one program. */
export interface Analysis {
  readonly syntactic: readonly ApiDiagnostic[];
  /** Of the program and of its own files below /workspace and /mnt. */
  readonly semantic: readonly ApiDiagnostic[];
  /** The syntax tree of the program, which few checks need. */
  readonly tree: () => Promise<SyntaxNode>;
}

/** Asks about the files that the session knows. */
type Ask = (method: string, params: object) => Promise<unknown>;

/** Types of a program's default export, and whom to ask about them. */
export interface SignatureTypes {
  readonly ask: Ask;
  readonly parameters?: ApiType;
  readonly result?: ApiType;
}

/** One compiler process with the files that it knows. Analyses one program at a time. */
export class CompilerSession {
  readonly process: TypeScriptProcess;
  readonly view: GuestView;
  readonly #own = new Map<string, string>();
  readonly #opened = new Set<Language>();
  #snapshot: number | undefined;
  #initialized: Promise<unknown> | undefined;

  /** @param library texts of the language's declarations by name */
  constructor(files: FileSystem, library: ReadonlyMap<string, string>) {
    const declarations = Array.from(library, ([name, text]) => {
      this.#own.set(`${libraryFolder}/${name}`, text);
      return `${libraryFolder}/${name}`;
    });
    for (const language of ['ts', 'js'] as const) {
      const program = this.programPath(language);
      const probe = this.#probePath(language);
      const text = projectText(language, [...declarations, globalsPath, program, probe]);
      this.#own.set(this.#project(language), text);
      this.#own.set(program, '');
      this.#own.set(probe, '');
    }
    this.view = new GuestView(files, this.#own);
    this.process = new TypeScriptProcess(this.view.answer);
  }

  /** Where a program stands, so that `./servers/x` resolves. */
  programPath(language: Language): string {
    return `/mcp-tools/program.${language}`;
  }

  #probePath(language: Language): string {
    return `/${language}/signature.ts`;
  }

  #project(language: Language): string {
    return `/${language}/tsconfig.json`;
  }

  /** @throws CompilerGoneError, SandboxError `INTERNAL` when it does not start, or what the compiler says is wrong with a request */
  async analyze(source: string, language: Language): Promise<Analysis> {
    const program = this.programPath(language);
    const ask = await this.#update(language, new Map([[program, source]]));
    const askList = async (name: string, file: string) =>
      ((await ask(name, { file })) ?? []) as readonly ApiDiagnostic[];
    const tree = async () => {
      const { data } = (await ask(method.sourceFile, { file: program })) as {
        readonly data: string;
      };
      return decodeTree(data, source);
    };
    const [syntactic, ...semantic] = await Promise.all([
      askList(method.syntactic, program),
      askList(method.semantic, program),
      ...(await this.#ownModules(ask)).map((name) => askList(method.semantic, name)),
    ]);
    return { syntactic, semantic: semantic.flat(), tree };
  }

  /**
   * The types of what a program's default export takes first and of what it gives. Nothing, where it
   * is no function or takes nothing. Throws as `analyze` does.
   */
  async signature(source: string, language: Language): Promise<SignatureTypes> {
    const program = this.programPath(language);
    const probe = this.#probePath(language);
    const text = signatureProbe(program);
    const ask = await this.#update(
      language,
      new Map([
        [program, source],
        [probe, text],
      ]),
    );
    const typeOf = async (name: string) => {
      const position = text.indexOf(`${name}:`);
      const symbol = (await ask(method.symbolAt, { file: probe, position })) as ApiSymbol | null;
      if (symbol === null) return undefined;
      return ((await ask(method.typeOfSymbol, { symbol: symbol.id })) ?? undefined) as
        | ApiType
        | undefined;
    };
    const [parameters, result] = await Promise.all([typeOf('parameters'), typeOf('result')]);
    return { ask, ...(parameters && { parameters }), ...(result && { result }) };
  }

  /** Makes these the texts of the session's own files. @returns what asks about the project */
  async #update(language: Language, texts: ReadonlyMap<string, string>): Promise<Ask> {
    const { process } = this;
    this.#initialized ??= process.request(method.initialize, null).catch((cause) => {
      if (!(cause instanceof CompilerGoneError)) throw cause;
      throw new SandboxError('INTERNAL', 'The compiler of TypeScript does not start.', { cause });
    });
    await this.#initialized;
    const config = this.#project(language);
    const created = [...texts.keys()].filter((path) => !this.#own.has(path));
    const changed = [...texts.keys()].filter((path) => this.#own.has(path));
    for (const [path, text] of texts) this.#own.set(path, text);
    // It would be found in the place of the other one.
    const other = this.programPath(language === 'ts' ? 'js' : 'ts');
    const deleted = this.#own.delete(other) ? [other] : [];
    const isNew = !this.#opened.has(language);
    this.#opened.add(language);
    const changes = (await process.pausing(() => this.view.changed()))
      ? { invalidateAll: true }
      : { created, changed, deleted };
    const { snapshot, projects } = (await process.request(method.update, {
      ...(isNew && { openProjects: [config] }),
      ...(this.#snapshot !== undefined && { fileChanges: changes }),
    })) as Snapshot;
    // Nobody waits for it; should it fail, so does what comes after.
    const released = this.#snapshot;
    if (released !== undefined) {
      process.request(method.release, { snapshot: released }).catch(() => {});
    }
    this.#snapshot = snapshot;
    const project = projects.find(({ configFileName }) => configFileName === config)?.id;
    return (name, params) => process.request(name, { snapshot, project, ...params });
  }

  /** Files below /workspace and /mnt that the program imports. */
  async #ownModules(ask: Ask): Promise<string[]> {
    const isOwn = (name: string) => /^\/(?:workspace|mnt)\/.*\.[cm]?[jt]s$/u.test(name);
    if (!this.view.read.some(isOwn)) return [];
    return ((await ask(method.sourceFileNames, {})) as string[]).filter(isOwn);
  }
}
