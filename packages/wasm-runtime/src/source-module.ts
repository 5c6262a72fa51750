import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { SandboxError } from '@org/core';
import MagicString from 'magic-string';
import { parseSync } from 'rolldown/utils';
import { exportsHint } from './entry.ts';
import { maxExpansion, regExpLiterals, withoutProperties } from './unicode-properties.ts';

/** One parsed file, ready for the bundler. */
export interface SourceModule {
  readonly code: string;
  /** Set where `code` differs from the file's text. */
  readonly map?: string;
  /** Names that other files can import, without those of `stars`. */
  readonly exports: readonly string[];
  /** Paths of which everything is exported: `export * from`. */
  readonly stars: readonly string[];
  /** Each named import with its place, to explain one that does not exist. */
  readonly imports: readonly NamedImport[];
  /** Each path that is imported, with the place where it is written. */
  readonly requests: readonly { readonly specifier: string; readonly start: number }[];
}

export interface NamedImport {
  readonly specifier: string;
  readonly name: string;
  readonly start: number;
}

/** `line:column` of a character offset, both from 1. */
function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${line}:${offset - before.lastIndexOf('\n')}`;
}

/** The character offset of a line (from 1) and column (from 0). */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) start = text.indexOf('\n', start) + 1;
  return start + column;
}

/** An error at a place in the agent's file, with that line shown below it. */
export function errorAt(
  code: 'SYNTAX' | 'UNKNOWN_IMPORT',
  place: { readonly file: string; readonly text: string; readonly offset: number },
  message: string,
  hint?: string,
): SandboxError {
  const { file, text, offset } = place;
  // A search from before the beginning would look at the beginning.
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end < 0 ? text.length : end).replaceAll('\t', ' ');
  const shownFrom = Math.max(0, offset - start - 100);
  const excerpt = line.slice(shownFrom, shownFrom + 160);
  const marker = `${' '.repeat(offset - start - shownFrom)}^`;
  const position = `${file}:${lineAndColumn(text, offset)}`;
  return new SandboxError(code, `${message} (${position})\n  ${excerpt}\n  ${marker}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

const returnOutsideFunction = /'return' statement can only be used within a function body/u;

type Parsed = ReturnType<typeof parseSync>;

/**
 * Makes a bare snippet with a top-level `return` into a module whose default export runs it.
 * Imports go to the front; everything else keeps its place.
 */
function wrapSnippet(edited: MagicString, parsed: Parsed): void {
  let imports = '';
  const hashbang = /^#!.*/u.exec(edited.original);
  if (hashbang !== null) edited.remove(0, hashbang[0].length);
  for (const { start, end } of parsed.module.staticImports) {
    imports += `${edited.original.slice(start, end)};`;
    edited.remove(start, end);
  }
  edited.prepend(`${imports}export default async () => {`).append('\n}');
}

function writeOutProperties(file: string, edited: MagicString, parsed: Parsed): void {
  let grown = 0;
  for (const { start, end, regex } of regExpLiterals(parsed.program)) {
    const pattern = withoutProperties(regex.pattern, regex.flags);
    if (pattern === regex.pattern) continue;
    grown += pattern.length;
    if (grown > maxExpansion) {
      const place = { file, text: edited.original, offset: start };
      throw errorAt('SYNTAX', place, 'There are too many Unicode properties in this file');
    }
    edited.overwrite(start, end, `/${pattern}/${regex.flags}`);
  }
}

/**
 * Parses the text of `file`, and rewrites what the sandbox does differently.
 * @param snippets whether a top-level `return` is allowed
 * @throws SandboxError `SYNTAX` with line, column and the line itself
 */
export function parseModule(file: string, text: string, snippets: boolean): SourceModule {
  const lang = /\.[cm]?js$/u.test(file) ? 'js' : 'ts';
  const parsed = parseSync(file, text, { lang, sourceType: 'module', showSemanticErrors: true });
  const errors = parsed.errors.filter(({ severity }) => severity === 'Error');
  const canReturn = snippets && parsed.module.staticExports.length === 0;
  const error = errors.find(({ message }) => !canReturn || !returnOutsideFunction.test(message));
  const isSnippet = errors.length > 0 && error === undefined;
  if (error !== undefined) {
    // Of a name that is declared twice, the second place is the wrong one.
    const label = error.labels.at(/already been declared/u.test(error.message) ? -1 : 0);
    const offset = label?.start ?? 0;
    throw errorAt(
      'SYNTAX',
      { file, text, offset },
      error.message.replace(/\.$/u, ''),
      error.helpMessage ?? undefined,
    );
  }
  const [meta] = parsed.module.importMetas;
  if (meta !== undefined) {
    throw errorAt(
      'SYNTAX',
      { file, text, offset: meta.start },
      'import.meta is not available in the sandbox',
    );
  }
  const edited = new MagicString(text);
  for (const { start, moduleRequest } of parsed.module.dynamicImports) {
    const literal = /^(['"])[^'"\\]*\1$/u.test(text.slice(moduleRequest.start, moduleRequest.end));
    if (!literal) edited.overwrite(start, start + 'import'.length, '$import');
  }
  if (/\\[pP]\{/u.test(text)) writeOutProperties(file, edited, parsed);
  if (isSnippet) wrapSnippet(edited, parsed);
  return {
    code: edited.toString(),
    ...(edited.hasChanged()
      ? { map: edited.generateMap({ source: file, hires: true }).toString() }
      : {}),
    ...exportsOf(parsed, isSnippet),
    imports: namedImports(parsed),
    requests: requests(parsed, text),
  };
}

function exportsOf(parsed: Parsed, isSnippet: boolean): Pick<SourceModule, 'exports' | 'stars'> {
  if (isSnippet) return { exports: ['default'], stars: [] };
  const exports: string[] = [];
  const stars: string[] = [];
  for (const { entries } of parsed.module.staticExports) {
    for (const { exportName, isType, moduleRequest } of entries) {
      if (isType) continue;
      if (exportName.kind === 'None') stars.push(moduleRequest?.value ?? '');
      else exports.push(exportName.kind === 'Default' ? 'default' : (exportName.name ?? ''));
    }
  }
  return { exports, stars };
}

function namedImports(parsed: Parsed): NamedImport[] {
  const { staticImports, staticExports } = parsed.module;
  const imported = staticImports.flatMap(({ entries, moduleRequest }) =>
    entries
      .filter(({ importName, isType }) => importName.kind !== 'NamespaceObject' && !isType)
      .map(({ importName, localName }) => ({
        specifier: moduleRequest.value,
        name: importName.kind === 'Default' ? 'default' : (importName.name ?? ''),
        start: importName.start ?? localName.start ?? moduleRequest.start,
      })),
  );
  const exported = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ importName, moduleRequest, isType, start }) =>
      moduleRequest !== null && importName.kind === 'Name' && !isType
        ? {
            specifier: moduleRequest.value,
            name: importName.name ?? '',
            start: importName.start ?? start,
          }
        : [],
    ),
  );
  return [...imported, ...exported];
}

function requests(parsed: Parsed, text: string): SourceModule['requests'] {
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest ?? []),
    ),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      value: text.slice(start + 1, end - 1),
      start,
    })),
  ].map(({ value, start }) => ({ specifier: value, start }));
}

/** The error for an import of a name that the file does not export. */
export function missingExport(
  place: { readonly file: string; readonly text: string },
  wanted: NamedImport,
  available: readonly string[],
): SandboxError {
  return errorAt(
    'UNKNOWN_IMPORT',
    { ...place, offset: wanted.start },
    `${JSON.stringify(wanted.specifier)} has no export named ${JSON.stringify(wanted.name)}`,
    exportsHint(wanted.name, available),
  );
}

/**
 * The bundler's own errors, such as an assignment to an import: what neither the parser nor the
 * resolver can see. Its text shows places in rewritten code and paths that are not the agent's.
 */
export function bundleError(
  cause: unknown,
  find: (
    path: string,
  ) => { readonly file: string; readonly text: string; readonly map?: string } | undefined,
): SandboxError {
  const { errors = [] } = cause as { errors?: readonly RolldownError[] };
  const [first] = errors;
  const text = first?.message ?? (cause instanceof Error ? cause.message : String(cause));
  const message = (text.split('\n', 1)[0] as string)
    .replace(/^\[[A-Z_]+\] /u, '')
    .replace(/(?<=exported by )"(?=[^/])/u, '"/')
    .replace(/\.$/u, '');
  const place = first?.loc?.file === undefined ? undefined : find(first.loc.file);
  if (first?.loc === undefined || place === undefined) {
    return new SandboxError('SYNTAX', message, { cause });
  }
  const code = first.code === 'MISSING_EXPORT' ? 'UNKNOWN_IMPORT' : 'SYNTAX';
  const { line, column } =
    place.map === undefined
      ? first.loc
      : originalPositionFor(new TraceMap(place.map), {
          line: first.loc.line,
          column: first.loc.column,
        });
  return errorAt(code, { ...place, offset: offsetOf(place.text, line ?? 1, column ?? 0) }, message);
}

interface RolldownError {
  readonly code?: string;
  readonly message: string;
  /** Line from 1, column from 0. */
  readonly loc?: { readonly file?: string; readonly line: number; readonly column: number };
}
