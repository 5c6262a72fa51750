import {
  type FileSystem,
  importRemedy,
  type JsonObject,
  parseVfsPath,
  SandboxError,
  toolsRoot,
} from '@org/core';
import { CompilerSession } from './compiler-session.ts';
import { type Diagnosed, diagnose } from './diagnose.ts';
import type { CheckResult } from './diagnostic.ts';
import { placeOf } from './excerpt.ts';
import { guestLibrary } from './guest-library.ts';
import { GuestView } from './guest-view.ts';
import { KeptVerdicts, type KeptVerdictsOptions } from './kept-verdicts.ts';
import { wrapSnippet } from './snippet.ts';
import { TypeSchemas } from './type-schema.ts';
import { compilerFolder, type Language } from './typescript.ts';
import { CompilerGoneError, DeadlineError } from './typescript-process.ts';

const maxSourceChars = 1024 * 1024;
const defaultDeadlineMs = 5_000;
const maxDiagnostics = 100;
const returnOutsideFunction = 1108;

export interface CheckerOptions {
  /** The file system of the runs, with the wrappers of servers and `/mcp-tools/globals.d.ts`. */
  readonly files: FileSystem;
  /**
   * How long the compiler may work on one program, in milliseconds; waiting for files does not
   * count. A program that takes longer counts as not checked. Default: 5,000.
   */
  readonly deadlineMs?: number;
  /** Keeps which programs are faultless, so that they are not compiled again. Left out: nowhere. */
  readonly verdicts?: KeptVerdictsOptions;
}

export interface CheckOptions {
  /** What the agent calls the file; decides between TypeScript and JavaScript. */
  readonly name?: string;
}

/** JSON Schemas of what a program takes and gives. */
export interface ProgramTypes {
  /** Of the first parameter of its default export; left out where it takes none. */
  readonly parameters?: JsonObject;
  /** Of what it resolves to; left out where that is no JSON. */
  readonly result?: JsonObject;
}

const languageOf = (name: string): Language => (/\.[cm]?js$/u.test(name) ? 'js' : 'ts');

let library: Promise<ReadonlyMap<string, string>> | undefined;

/** The same for every checker of this process. A failure is not kept. */
function readLibrary(): Promise<ReadonlyMap<string, string>> {
  library ??= guestLibrary(compilerFolder()).catch((error) => {
    library = undefined;
    throw error;
  });
  return library;
}

/**
 * Type-checks programs against one file system, one at a time, with a compiler process that stays
 * for the next one.
 */
export class Checker implements AsyncDisposable {
  readonly #files: FileSystem;
  readonly #deadlineMs: number;
  readonly #verdicts: KeptVerdicts | undefined;
  #session: CompilerSession | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ files, deadlineMs = defaultDeadlineMs, verdicts }: CheckerOptions) {
    this.#verdicts = verdicts && new KeptVerdicts(verdicts);
    this.#files = files;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * What is wrong with a program. Nothing of it runs. A program that cannot be checked, because it
   * is too large or takes too long, has a warning `NOT_CHECKED` that says so.
   * @throws SandboxError `USAGE`: there is no `/mcp-tools/globals.d.ts`; `ABORTED`: the checker was
   * closed; `INTERNAL`: TypeScript is not installed for this platform
   */
  check(source: string, options: CheckOptions = {}): Promise<CheckResult> {
    const checking = this.#last.then(() => this.#check(source.toWellFormed(), options));
    this.#last = checking.catch(() => {});
    return checking;
  }

  /**
   * What a program takes and gives, by the types of its default export as the compiler resolves them.
   * Nothing of it runs. Any JSON fits what is not known, and everything of a program that cannot be
   * checked. Throws as `check` does.
   */
  signature(source: string, options: CheckOptions = {}): Promise<ProgramTypes> {
    const reading = this.#last.then(() => this.#signature(source.toWellFormed(), options));
    this.#last = reading.catch(() => {});
    return reading;
  }

  async #signature(source: string, { name = 'program.ts' }: CheckOptions): Promise<ProgramTypes> {
    if (source.length > maxSourceChars) return { parameters: {} };
    await this.#requireGlobals();
    const session = await this.#open();
    try {
      return await session.process.within(this.#deadlineMs, async () => {
        const { ask, ...types } = await session.signature(source, languageOf(name));
        const schemas = new TypeSchemas(ask);
        const parameters = types.parameters && (await schemas.of(types.parameters));
        const result = types.result && (await schemas.of(types.result));
        return { ...(parameters && { parameters }), ...(result && { result }) };
      });
    } catch (error) {
      if (this.#closed) throw new SandboxError('ABORTED', 'The checker was closed.');
      if (error instanceof DeadlineError || error instanceof CompilerGoneError) {
        return { parameters: {} };
      }
      throw error;
    } finally {
      if (session.process.gone) this.#session = undefined;
    }
  }

  async #check(source: string, { name = 'program.ts' }: CheckOptions): Promise<CheckResult> {
    const language = languageOf(name);
    if (source.length > maxSourceChars) {
      return notChecked(source, `it has over ${maxSourceChars} characters`);
    }
    await this.#requireGlobals();
    const view = new GuestView(this.#files, new Map());
    if (await this.#verdicts?.holds(source, language, view)) {
      return { ok: true, diagnostics: [], omitted: 0 };
    }
    try {
      const result = resultOf(await this.#diagnose(source, language));
      const faultless = result.diagnostics.length === 0 && result.omitted === 0;
      if (faultless && this.#session) this.#verdicts?.keep(source, language, this.#session.view);
      return result;
    } catch (error) {
      if (this.#closed) throw new SandboxError('ABORTED', 'The checker was closed.');
      if (error instanceof DeadlineError) {
        return notChecked(source, `that takes over ${this.#deadlineMs} ms`);
      }
      if (error instanceof CompilerGoneError) {
        return notChecked(source, 'it ended the compiler, so it is nested too deeply or too large');
      }
      throw error;
    } finally {
      // What broke takes no part in the next check.
      if (this.#session?.process.gone) this.#session = undefined;
    }
  }

  async #diagnose(source: string, language: Language): Promise<Diagnosed> {
    const before = await this.#open();
    const wasFresh = before.process.fresh;
    try {
      return await this.#diagnoseIn(before, source, language);
    } catch (error) {
      // What ended a process that has done other work need not be this program.
      if (!(error instanceof CompilerGoneError) || wasFresh || this.#closed) throw error;
      this.#session = undefined;
      return await this.#diagnoseIn(await this.#open(), source, language);
    }
  }

  async #diagnoseIn(
    session: CompilerSession,
    source: string,
    language: Language,
  ): Promise<Diagnosed> {
    return session.process.within(this.#deadlineMs, async () => {
      let analysis = await session.analyze(source, language);
      let checked = { text: source, original: (position: number) => position };
      if (analysis.semantic.some(({ code }) => code === returnOutsideFunction)) {
        const snippet = wrapSnippet(source, await analysis.tree());
        if (snippet !== undefined) {
          checked = snippet;
          analysis = await session.analyze(snippet.text, language);
        }
      }
      return diagnose({
        ...analysis,
        ...checked,
        source,
        language,
        program: session.programPath(language),
        files: session.view,
        remedy: (specifier) => importRemedy(this.#files, specifier),
      });
    });
  }

  async #open(): Promise<CompilerSession> {
    const texts = await readLibrary();
    if (this.#closed) throw new SandboxError('ABORTED', 'The checker is closed.');
    if (this.#session === undefined || this.#session.process.gone) {
      this.#session = new CompilerSession(this.#files, texts);
    }
    return this.#session;
  }

  async #requireGlobals(): Promise<void> {
    const path = parseVfsPath('globals.d.ts', toolsRoot);
    try {
      await this.#files.readFile(path);
    } catch (cause) {
      throw new SandboxError('USAGE', `There is no ${path} to check a program against.`, {
        hint: 'Publish what generateGlobals() of @org/codegen gives.',
        cause,
      });
    }
  }

  /** Ends the process, and with it a check under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    // Not the check itself: what it waits for may never come.
    await this.#session?.process.end();
  }
}

/** A checker; its process starts with the first check, and ends with the checker or with ours. */
export function createChecker(options: CheckerOptions): Checker {
  return new Checker(options);
}

function notChecked(source: string, why: string): CheckResult {
  const message = `The types of this program were not checked: ${why}.`;
  return {
    ok: true,
    diagnostics: [
      {
        severity: 'warning',
        code: 'NOT_CHECKED',
        message,
        ...placeOf(source.slice(0, 1_000), 0, 1),
      },
    ],
    omitted: 0,
  };
}

function resultOf({ diagnostics: all, beyond }: Diagnosed): CheckResult {
  const errors = all.filter(({ severity }) => severity === 'error');
  const warnings = all.filter(({ severity }) => severity === 'warning');
  const kept = new Set([...errors, ...warnings].slice(0, maxDiagnostics));
  return {
    ok: errors.length === 0,
    diagnostics: all.filter((one) => kept.has(one)),
    omitted: all.length - kept.size + beyond,
  };
}
