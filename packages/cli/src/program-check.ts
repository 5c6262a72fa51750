import type { CheckDiagnostic, CheckResult, KeptVerdictsOptions } from '@org/checker';
import {
  type FileSystem,
  nothingUsed,
  type ProgramError,
  plainText,
  type RunOutcome,
  SandboxError,
} from '@org/core';
import type { Sandbox } from '@org/wasm-runtime';
import type { WithKept } from './kept-catalogs.ts';
import { plainLine } from './plain-text.ts';

/** An outcome of `execute`; with `diagnostics` where the check kept the program from running. */
export type CheckedOutcome = RunOutcome & {
  readonly diagnostics?: readonly CheckDiagnostic[];
} & WithKept;

export interface CheckedSource {
  readonly source: string;
  readonly name: string;
}

/** The type check of a program that is about to run, under way. */
export interface ProgramCheck extends AsyncDisposable {
  /** Undefined where there is none to be had; then `onProblem` was told why. */
  readonly result: Promise<CheckResult | undefined>;
  /** Why an imported file could not be read, such as a server that is down. */
  readonly failure: SandboxError | undefined;
}

/**
 * Starts at once; its questions wait until `files` answers.
 * @param onProblem told where the check cannot be made, for which the run need not wait
 * @param verdicts where faultless programs are remembered; left out: nowhere
 */
export async function startCheck(
  files: FileSystem,
  { source, name }: CheckedSource,
  onProblem: (message: string) => void,
  verdicts?: KeptVerdictsOptions,
): Promise<ProgramCheck> {
  const { createChecker } = await import('@org/checker');
  let failure: SandboxError | undefined;
  const noted = async <Value>(reading: Promise<Value>): Promise<Value> => {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof SandboxError && !isAbsence(error)) failure ??= error;
      throw error;
    }
  };
  const checker = createChecker({
    ...(verdicts && { verdicts }),
    files: {
      ...files,
      readFile: (path) => noted(files.readFile(path)),
      listFiles: (path) => noted(files.listFiles(path)),
    },
  });
  const result = checker.check(source, { name }).catch((error) => {
    if (!(error instanceof SandboxError) || error.code !== 'INTERNAL') throw error;
    onProblem(`The types of this program were not checked: ${error.message}`);
    return undefined;
  });
  // Whoever wants it awaits it.
  result.catch(() => {});
  return {
    result,
    get failure() {
      return failure;
    },
    [Symbol.asyncDispose]: () => checker[Symbol.asyncDispose](),
  };
}

/** Whether an error only says that there is no such file. */
export function isAbsence({ code }: SandboxError): boolean {
  return ['FILE_NOT_FOUND', 'NOT_A_FILE', 'INVALID_PATH'].includes(code);
}

/** Whether the sandbox says it as well, and better: a program that it does not take does not run. */
function isForTheSandbox({ severity, code }: CheckDiagnostic): boolean {
  return (
    severity === 'error' &&
    /^(?:SYNTAX|UNKNOWN_IMPORT|TS[18]\d{3}|TS2305|TS2613|TS2614|TS2724)$/u.test(code)
  );
}

/**
 * The outcome of a program that cannot run: because of its types, or because what it imports cannot
 * be read, which the sandbox would only try again. Undefined where it may run, and where the sandbox
 * does not take it either: then its error is the one to show.
 */
export async function refusal(
  check: Pick<ProgramCheck, 'failure'>,
  result: CheckResult,
  program: CheckedSource,
  sandbox: Pick<Sandbox, 'compile'>,
): Promise<CheckedOutcome | undefined> {
  const { failure } = check;
  if (failure !== undefined) {
    const { code, message, hint } = failure;
    const text = hint === undefined ? message : `${message}\n${hint}`;
    return notRun({ name: 'SandboxError', message: text, code });
  }
  if (result.ok) return undefined;
  if (result.diagnostics.some(isForTheSandbox)) {
    const taken = await sandbox.compile(program.source, { name: program.name }).then(
      () => true,
      () => false,
    );
    if (!taken) return undefined;
  }
  const { describeDiagnostics } = await import('@org/checker');
  const errors = describeDiagnostics(result, program.name, 'error');
  const message = plainText(`The program does not fit its types, and did not run:\n${errors}`);
  const { diagnostics } = result;
  return { ...notRun({ name: 'TypeCheckError', message, code: 'TYPE_ERROR' }), diagnostics };
}

/** What may be right at run time, for a terminal; empty where there is nothing of the kind. */
export async function warningsOf(result: CheckResult, name: string): Promise<string> {
  const { describeDiagnostics } = await import('@org/checker');
  return plainText(describeDiagnostics(result, plainLine(name), 'warning'));
}

function notRun({ name, message, code }: Omit<ProgramError, 'stack'>): CheckedOutcome {
  return {
    status: 'aborted',
    error: { name, message, stack: `${name}: ${message}`, ...(code === undefined ? {} : { code }) },
    logs: [],
    calls: [],
    usage: nothingUsed,
    runId: crypto.randomUUID(),
  };
}
