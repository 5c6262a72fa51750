import { didYouMean } from '@org/core';
import { adviceOn, insteadOf, isUnknownName, messageOf } from './advice.ts';
import type { Analysis } from './compiler-session.ts';
import type { CheckDiagnostic } from './diagnostic.ts';
import { placeOf } from './excerpt.ts';
import type { GuestView } from './guest-view.ts';
import { ImportedTools, serverFolder } from './imported-tools.ts';
import { allNodes, nodeAt, type SyntaxNode } from './syntax-tree.ts';
import { exportedNames } from './tool-signature.ts';
import { type ApiDiagnostic, kind, type Language } from './typescript.ts';
import { isImplicitAny, isOfUnknown, severityOf } from './verdict.ts';

const unresolved = [2307, 2792, 2882, 7016];
const noSuchExport = [2305, 2614, 2724];
/** No such property, and a promise that is used as a value. */
const aboutValue = [2339, 2551, 2801];
/** What may be a decorator or `import.meta`. */
const mayNotBeInTheEngine = /@|\bmeta\b/u;
/** More of them help nobody, and each takes time. */
const maxDiagnosed = 300;

export interface Findings extends Analysis {
  /** What the compiler saw of the program, and the way back to `source`. */
  readonly text: string;
  readonly original: (position: number) => number;
  readonly source: string;
  readonly language: Language;
  /** The program's path. */
  readonly program: string;
  readonly files: GuestView;
  /** What can be imported instead of this. */
  readonly remedy: (specifier: string) => Promise<string>;
}

export interface Diagnosed {
  readonly diagnostics: readonly CheckDiagnostic[];
  /** How many more the compiler found. */
  readonly beyond: number;
}

/** What the compiler found, as an agent needs it, in the order of the program's text. */
export async function diagnose(findings: Findings): Promise<Diagnosed> {
  const { syntactic, semantic } = findings;
  // After a syntax error the rest is guesswork.
  const found = syntactic.length > 0 ? syntactic : semantic.filter((one) => !isImplicitAny(one));
  if (found.length === 0 && !mayNotBeInTheEngine.test(findings.text))
    return { diagnostics: [], beyond: 0 };
  const root = await findings.tree();
  const tools = new ImportedTools(root, findings.files);
  const diagnosed = syntactic.length > 0 ? [] : notInTheEngine(findings, root);
  for (const diagnostic of found.slice(0, maxDiagnosed)) {
    if (diagnostic.category !== 1 || isTypeOfGuard(diagnostic, findings, root)) continue;
    // What is missing of it is told once, for the whole.
    if (/on type 'ImportMeta'/u.test(diagnostic.text)) continue;
    diagnosed.push(await one(diagnostic, { ...findings, root, tools }));
  }
  const diagnostics = diagnosed.toSorted(
    (a, b) => (a.file ?? '').localeCompare(b.file ?? '') || a.line - b.line || a.column - b.column,
  );
  return { diagnostics, beyond: Math.max(0, found.length - maxDiagnosed) };
}

async function one(
  diagnostic: ApiDiagnostic,
  findings: Findings & { readonly root: SyntaxNode; readonly tools: ImportedTools },
): Promise<CheckDiagnostic> {
  const { pos, end, fileName, code } = diagnostic;
  const message = messageOf(diagnostic);
  const told = (isOfTool: boolean) => ({
    severity: severityOf(diagnostic, findings.language, isOfTool),
    code: `TS${code}`,
    message,
  });
  const other = fileName === undefined || fileName === findings.program ? undefined : fileName;
  const text = other === undefined ? findings.text : (findings.files.text(other) ?? '');
  const place =
    other === undefined
      ? placeOf(findings.source, findings.original(pos), findings.original(end))
      : { file: other, ...placeOf(text, pos, end) };
  const marked = text.slice(pos, end);
  if (unresolved.includes(code) || (/^['"`]/u.test(marked) && isUnknownName(code))) {
    return { ...(await unresolvedImport(marked, findings)), ...place };
  }
  if (other !== undefined) {
    return { ...told(false), ...place, ...optional({ hint: adviceOn(diagnostic) }) };
  }
  if (noSuchExport.includes(code)) {
    return { ...told(true), ...place, ...optional({ hint: exportsHint(diagnostic, findings) }) };
  }
  const { root, tools } = findings;
  const node = nodeAt(root, pos, end);
  const signature =
    tools.signatureAt(node) ??
    tools.signatureIn(message) ??
    (isOfUnknown(diagnostic) || aboutValue.includes(code)
      ? tools.signatureOfValue(valueAt(node), root)
      : undefined);
  const isOfTool = signature !== undefined;
  return { ...told(isOfTool), ...place, ...optional({ hint: adviceOn(diagnostic), signature }) };
}

/** The value whose property `node` names, or `node` itself. */
function valueAt(node: SyntaxNode): SyntaxNode {
  const [value, property] = node.parent?.kind === kind.propertyAccess ? node.parent.children : [];
  return property === node && value !== undefined ? value : node;
}

/** Without what is undefined. */
function optional<Fields extends Record<string, string | undefined>>(
  fields: Fields,
): { [Key in keyof Fields]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: string;
  };
}

type Unplaced = Pick<CheckDiagnostic, 'severity' | 'code' | 'message' | 'hint'>;

/** A file that is not there, or that cannot be read now: then its types are not known. */
async function unresolvedImport(marked: string, findings: Findings): Promise<Unplaced> {
  const specifier = marked.replaceAll(/^['"`]|['"`]$/gu, '');
  const folder = serverFolder(specifier);
  for (const [path, { code, message }] of findings.files.failures) {
    if (folder === undefined || !`${path}/`.startsWith(`${folder}/`)) continue;
    return {
      severity: 'warning',
      code,
      message: `The types of ${JSON.stringify(specifier)} are not known: ${message}`,
    };
  }
  return {
    severity: 'error',
    code: 'UNKNOWN_IMPORT',
    message: `Cannot import ${JSON.stringify(specifier.slice(0, 200))}.`,
    hint: insteadOf(specifier) ?? (await findings.remedy(specifier)),
  };
}

/** What a module exports instead of a name that it does not. */
function exportsHint({ text }: ApiDiagnostic, { files }: Findings): string | undefined {
  const [, specifier = '', name = ''] =
    /^['"]+(.+?)['"]+ has no exported member(?: named)? '(.+?)'/u.exec(
      text.replace(/^Module /u, ''),
    ) ?? [];
  const folder = serverFolder(specifier);
  const names = exportedNames(files.text(`${folder}/index.ts`) ?? '');
  if (names.length === 0) return undefined;
  const suggestion = /Did you mean/u.test(text) ? '' : didYouMean(name, names).trimStart();
  const list = names.length > 20 ? `${names.slice(0, 20).join(', ')}, …` : names.join(', ');
  return `${suggestion === '' ? '' : `${suggestion} `}It exports ${list}.`;
}

/** Whether it is about a name in `typeof name`, which nothing has to declare. */
function isTypeOfGuard(
  { code, pos, end, fileName }: ApiDiagnostic,
  { program }: Findings,
  root: SyntaxNode,
): boolean {
  if (!isUnknownName(code) || fileName !== program) return false;
  return nodeAt(root, pos, end).parent?.kind === kind.typeOf;
}

/** What TypeScript accepts and the engine does not. */
function notInTheEngine({ source, original }: Findings, root: SyntaxNode): CheckDiagnostic[] {
  const found: CheckDiagnostic[] = [];
  for (const { kind: own, start, end, text } of allNodes(root)) {
    const isMeta = own === kind.metaProperty && text.startsWith('import');
    if (!isMeta && own !== kind.decorator) continue;
    const what = isMeta
      ? 'import.meta is not available in the sandbox.'
      : 'The engine has no decorators.';
    found.push({
      severity: 'error',
      code: 'SYNTAX',
      message: what,
      ...placeOf(source, original(start), original(end)),
      ...(!isMeta && { hint: 'Call the function instead.' }),
    });
  }
  return found;
}
