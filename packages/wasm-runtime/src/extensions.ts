import { Script } from 'node:vm';
import { exceededBound, type JsonValue, maxDepth, SandboxError, valueBounds } from '@org/core';

/** What a call of an extension is about. */
export interface ExtensionContext {
  /** Aborts when the answer is no longer wanted: the run has ended, or was frozen meanwhile. */
  readonly signal: AbortSignal;
  readonly runId: string;
}

/**
 * A host function of the embedder's own. Programs find it as an async global function that takes
 * and gives JSON.
 */
export interface Extension {
  /**
   * Its declaration in TypeScript for `/mcp-tools/globals.d.ts`, with a comment and types of its own
   * where needed: `declare function lookup(id: string): Promise<Customer>;`.
   */
  readonly declaration?: string;
  /** Set where a call changes nothing: it is made while a program is planned. Default: it may write. */
  readonly readOnly?: boolean;
  /**
   * Carries out a call. `args` are what the program passed: JSON of any shape, so check it. Gives
   * JSON or undefined. Of what it throws, code, message and hint of a `SandboxError` reach the
   * program; anything else could name host paths or secrets and reaches it as `INTERNAL`.
   */
  call(
    args: readonly JsonValue[],
    context: ExtensionContext,
  ): JsonValue | undefined | Promise<JsonValue | undefined>;
}

/** A call that a program makes of an extension. */
interface ExtensionCall {
  readonly name: string;
  readonly args: readonly JsonValue[];
  readonly readOnly: boolean;
  /** As of `ExtensionContext`. */
  readonly signal: AbortSignal;
}

/** Decides on each call of an extension: lets it be carried out, answers itself, or throws. */
export type ExtensionGate = (
  call: ExtensionCall,
  carryOut: () => Promise<JsonValue | undefined>,
) => Promise<JsonValue | undefined>;

/** By the names that programs call them by. */
export type Extensions = Readonly<Record<string, Extension>>;

/** Characters of all arguments of one call, as JSON. */
const maxArgsChars = 4 * 1024 * 1024;
const maxResultBytes = 16 * 1024 * 1024;

/** @throws SyntaxError when `name` cannot be a variable of a program */
function parseAsVariable(name: string): void {
  new Script(`'use strict'; async () => { let ${name}; };`);
}

function checkName(name: string, taken: readonly string[]): void {
  const wrong = (problem: string): never => {
    throw new SandboxError(
      'USAGE',
      `An extension cannot be named ${JSON.stringify(name)}: ${problem}.`,
      { hint: 'Choose a name such as lookupCustomer.' },
    );
  };
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]{0,99}$/u.test(name)) wrong('it is no identifier');
  if (taken.includes(name)) wrong('programs have a global of that name');
  try {
    parseAsVariable(name);
  } catch {
    wrong('it is a word of the language');
  }
}

export type ParsedExtension = Required<Pick<Extension, 'call' | 'readOnly'>>;

/**
 * The extensions of a sandbox, checked; later changes to `extensions` are not seen.
 * @param taken names that programs find already
 * @throws SandboxError `USAGE` for a name that is none or taken, or an extension without `call`
 */
export function parseExtensions(
  extensions: Extensions,
  taken: readonly string[],
): ReadonlyMap<string, ParsedExtension> {
  const calls = new Map<string, ParsedExtension>();
  for (const [name, extension] of Object.entries(extensions)) {
    checkName(name, taken);
    // A function has a method `call` too, and it is not this one.
    if (typeof extension !== 'object' || typeof extension?.call !== 'function') {
      throw new SandboxError('USAGE', `The extension ${name} has no function call.`, {
        hint: `Write { ${name}: { call: (args) => … } }.`,
      });
    }
    const { readOnly = false } = extension;
    calls.set(name, { readOnly, call: (...request) => extension.call(...request) });
  }
  return calls;
}

function parseArgs(name: string, text: string): readonly JsonValue[] {
  if (text.length > maxArgsChars || exceededBound(text, valueBounds) === 'containers') {
    throw new SandboxError('PARAMS_TOO_LARGE', `The arguments of ${name} are over 4 MiB.`, {
      hint: 'Pass less, or pass it in several calls.',
    });
  }
  // One level more than a value has: the list of arguments.
  if (exceededBound(text, { ...valueBounds, depth: maxDepth + 1 }) !== undefined) {
    throw new SandboxError(
      'INVALID_PARAMS',
      `The arguments of ${name} are nested more than ${maxDepth} deep.`,
    );
  }
  return JSON.parse(text) as JsonValue[];
}

function resultText(name: string, result: unknown): string {
  if (result === undefined) return '';
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch (cause) {
    throw new SandboxError('RESULT_NOT_JSON', `What ${name} gave cannot be JSON.`, { cause });
  }
  if (text === undefined) {
    throw new SandboxError('RESULT_NOT_JSON', `What ${name} gave is a ${typeof result}, no JSON.`);
  }
  if (text.length > maxResultBytes || Buffer.byteLength(text) > maxResultBytes) {
    throw new SandboxError('RESULT_TOO_LARGE', `What ${name} gave is over 16 MiB.`);
  }
  if (exceededBound(text, valueBounds) === 'depth') {
    throw new SandboxError(
      'RESULT_NOT_JSON',
      `What ${name} gave is nested more than ${maxDepth} deep.`,
    );
  }
  return text;
}

function untilAborted(name: string, signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () =>
    reject(
      new SandboxError('CALL_UNKNOWN', `The call of ${name} was cancelled before it answered.`, {
        hint: 'It may have taken effect.',
      }),
    );
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return promise;
}

/**
 * Calls an extension with arguments as JSON text, and gives what it gave as JSON text, empty for
 * undefined. Does not wait for it longer than until `signal` aborts.
 * @throws SandboxError as the extension throws, or for arguments and results out of bounds
 */
export async function callExtension(
  name: string,
  { call, readOnly }: ParsedExtension,
  argsText: string,
  context: ExtensionContext,
  gate?: ExtensionGate,
): Promise<string> {
  if (context.signal.aborted) {
    throw new SandboxError('ABORTED', `The run ended before ${name} was called.`);
  }
  const args = parseArgs(name, argsText);
  const carryOut = () => Promise.try(call, args, context);
  const { signal } = context;
  const work = gate ? gate({ name, args, readOnly, signal }, carryOut) : carryOut();
  return resultText(name, await Promise.race([work, untilAborted(name, context.signal)]));
}
