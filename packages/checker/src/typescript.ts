/**
 * All that depends on TypeScript 7.0: where its compiler is, how it is started, and the names of
 * its API's methods, options and syntax kinds. The API is not stable between minor versions, which
 * is why the dependency is exact.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { SandboxError } from '@org/core';
import { version } from 'typescript';

const knownVersion = '7.0.2';
const callbacks = ['readFile', 'fileExists', 'directoryExists', 'getAccessibleEntries', 'realpath'];

/** What the compiler asks about its files. Each question has one path. */
export type FileQuestion = (typeof callbacks)[number];

/**
 * Folder of the compiler's executable and of its library.
 * @throws SandboxError `INTERNAL`: there is none for this platform, or of another version
 */
export function compilerFolder(): string {
  if (version !== knownVersion) {
    throw new SandboxError(
      'INTERNAL',
      `TypeScript is ${version}; the check needs ${knownVersion}.`,
    );
  }
  const name = `@typescript/typescript-${process.platform}-${process.arch}`;
  try {
    const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
    return path.join(
      path.dirname(createRequire(typescript).resolve(`${name}/package.json`)),
      'lib',
    );
  } catch (cause) {
    throw new SandboxError('INTERNAL', `The package ${name} is not installed.`, {
      hint: 'Install without leaving optional dependencies out, on a platform that TypeScript 7 has.',
      cause,
    });
  }
}

export function compilerCommand(): { readonly file: string; readonly args: readonly string[] } {
  const name = process.platform === 'win32' ? 'tsc.exe' : 'tsc';
  return {
    file: path.join(compilerFolder(), name),
    args: ['--api', '--async', '--cwd', '/', `--callbacks=${callbacks.join(',')}`],
  };
}

/** A path for an answer: the compiler passes it as it is or as the only element of a list. */
export function askedPath(params: unknown): string {
  return String(Array.isArray(params) ? params[0] : params);
}

/** What stands for the answer to a question about something that is not there. */
export function absentAnswer(question: FileQuestion, asked: string): unknown {
  switch (question) {
    // Null in place of an object would make the compiler read the disk.
    case 'readFile':
      return { content: null };
    case 'realpath':
      return asked;
    case 'getAccessibleEntries':
      return { files: [], directories: [] };
    default:
      return false;
  }
}

export type Language = 'ts' | 'js';

/** Options that find bugs, and are silent about style. */
function compilerOptions(language: Language): object {
  return {
    strict: language === 'ts',
    // Not to be told of it, but because without it `[]` is a list of nothing.
    noImplicitAny: language === 'ts',
    noImplicitThis: false,
    useUnknownInCatchVariables: false,
    strictPropertyInitialization: false,
    allowUnreachableCode: true,
    allowUnusedLabels: true,
    allowJs: true,
    checkJs: language === 'js',
    target: 'esnext',
    module: 'esnext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    noLib: true,
    skipLibCheck: true,
    types: [],
    typeRoots: [],
  };
}

/** Text of a tsconfig.json for one program and the declarations that it finds. */
export function projectText(language: Language, files: readonly string[]): string {
  return JSON.stringify({ compilerOptions: compilerOptions(language), files });
}

/** A module that names the types of what a program's default export takes first and gives. */
export function signatureProbe(program: string): string {
  return `import entry from ${JSON.stringify(program)};
type Entry = typeof entry;
export declare const parameters: Entry extends (...args: infer All) => unknown ? All[0] : undefined;
export declare const result: Entry extends (...args: never[]) => infer Result ? Awaited<Result> : Awaited<Entry>;
`;
}

/** As the API gives it; places in UTF-16 units. */
export interface ApiDiagnostic {
  readonly fileName?: string;
  readonly pos: number;
  readonly end: number;
  readonly code: number;
  /** 1 is an error. */
  readonly category: number;
  readonly text: string;
  readonly messageChain?: readonly ApiDiagnostic[];
  readonly relatedInformation?: readonly ApiDiagnostic[];
}

export interface Snapshot {
  readonly snapshot: number;
  readonly projects: readonly { readonly id: string; readonly configFileName: string }[];
}

export const method = {
  initialize: 'initialize',
  update: 'updateSnapshot',
  release: 'release',
  sourceFile: 'getSourceFile',
  sourceFileNames: 'getSourceFileNames',
  syntactic: 'getSyntacticDiagnostics',
  semantic: 'getSemanticDiagnostics',
  symbolAt: 'getSymbolAtPosition',
  typeOfSymbol: 'getTypeOfSymbol',
  documentation: 'getDocumentationComment',
} as const;

type TypeQuestion = readonly [method: string, params: Readonly<Record<string, number>>];

/** Questions about a type by its id. */
export const aboutType = {
  constituents: (id: number): TypeQuestion => ['getTypesOfType', { objectId: id }],
  isArray: (id: number): TypeQuestion => ['isArrayType', { type: id }],
  isTuple: (id: number): TypeQuestion => ['isTupleType', { type: id }],
  arguments: (id: number): TypeQuestion => ['getTypeArguments', { type: id }],
  /** Those of calls. */
  signatures: (id: number): TypeQuestion => ['getSignaturesOfType', { type: id, kind: 0 }],
  indexes: (id: number): TypeQuestion => ['getIndexInfosOfType', { type: id }],
  properties: (id: number): TypeQuestion => ['getPropertiesOfType', { type: id }],
  constraint: (id: number): TypeQuestion => ['getBaseConstraintOfType', { type: id }],
} as const;

/** A type as the API gives it; `value` is that of a literal type. */
export interface ApiType {
  readonly id: number;
  readonly flags: number;
  readonly value?: string | number | boolean | null;
}

export interface ApiSymbol {
  readonly id: number;
  readonly name: string;
  readonly flags: number;
}

/** Flags of types; `stringOfParts` are template literals and the like. */
export const typeFlag = {
  any: 1 | 2,
  nothing: 4 | 16 | 262_144,
  null: 8,
  string: 32,
  number: 64,
  boolean: 256,
  literal: 1_024 | 2_048 | 8_192,
  nonPrimitive: 131_072,
  typeParameter: 524_288,
  object: 1_048_576,
  stringOfParts: 4_194_304 | 8_388_608,
  union: 134_217_728,
  intersection: 268_435_456,
} as const;

export const symbolFlag = { optional: 16_777_216 } as const;

/** Kinds of syntax nodes. */
export const kind = {
  stringLiteral: 10,
  identifier: 79,
  decorator: 171,
  propertyAccess: 212,
  call: 214,
  typeOf: 222,
  metaProperty: 237,
  variableDeclaration: 261,
  importDeclaration: 273,
  importClause: 274,
  namespaceImport: 275,
  importSpecifier: 277,
  list: 0xffffffff,
} as const;

/** Where the encoded syntax tree has what. */
export const treeLayout = {
  /** Offset of the header's field that says where the nodes begin. */
  nodesField: 40,
  nodeBytes: 28,
  kind: 0,
  start: 4,
  end: 8,
  parent: 16,
} as const;
