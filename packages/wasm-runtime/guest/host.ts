/** Calls to the host: made as frames, answered in a later step. */
import { inbound, mailboxLimit, outbound, type StartOptions } from '../src/wire.ts';
import {
  create,
  defineProperty,
  ErrorClass,
  isWellFormed,
  PromiseClass,
  parse,
  TypeErrorClass,
  toNumber,
  toText,
  weakGet,
  weakSet,
} from './intrinsics.ts';
import { toJson, tooDeep, tooLarge } from './json-writer.ts';
import { endAtLimit } from './mailbox.ts';
import { field, frame } from './outbox.ts';
import { hidden } from './properties.ts';

interface Waiting {
  /** Made where the program made the call, so that its stack points there. */
  readonly error: Error & { code?: string; retryable?: boolean };
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly read: (answer: string) => unknown;
}

const waiting: Record<number, Waiting> = create(null);
/** Codes of the errors that this file made; a program cannot add one. */
const codes = new WeakMap<object, string>();
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null
    ? ((weakGet(codes, error) as string | undefined) ?? '')
    : '';

/** More would only pile up in memory: a program that needs them awaits some first. */
const maxWaiting = 10_000;

let lastId = 0;
let waitingCount = 0;
let toolCalls = 0;
let toolCallsAllowed = 0;

export function configure({ toolCalls: allowed, extensions }: StartOptions): void {
  toolCallsAllowed = allowed;
  for (let index = 0; index < extensions.length; index++) {
    const name = extensions[index] as string;
    hidden(globalThis, {
      [name]: async (...args: unknown[]) => request(name, [argument(args)], asJsonOrNothing),
    });
  }
}

class ToolCallError extends ErrorClass {
  override readonly name = 'ToolCallError';
}

/** An error of ours that a program may catch; its code cannot be forged. */
export function coded(error: Error, code: string): Error {
  weakSet(codes, error, code);
  defineProperty(error, 'code', { value: code });
  return error;
}

/** An error for what a program may expect from other hosts and does not have here. */
export function unavailable(what: string, instead: string): Error {
  return coded(
    new ErrorClass(`${what} is not available in the sandbox: ${instead}`),
    'UNAVAILABLE_IN_SANDBOX',
  );
}

function send(name: string, args: readonly string[], entry: Waiting): number {
  if (waitingCount >= maxWaiting) {
    const message = `Over ${maxWaiting} calls wait for an answer: await some before making more.`;
    throw coded(new ErrorClass(message), 'QUOTA_EXCEEDED');
  }
  const id = ++lastId;
  frame(outbound.call, id, args.length + 1);
  field(name);
  for (let index = 0; index < args.length; index++) field(args[index] as string);
  waiting[id] = entry;
  waitingCount++;
  return id;
}

/** Calls the host function `name`; `read` turns the answer's text into what the promise gives. */
export function request(
  name: string,
  args: readonly string[],
  read: (answer: string) => unknown,
): Promise<unknown> {
  const error = new ToolCallError('');
  return new PromiseClass((resolve, reject) => {
    send(name, args, { error, resolve, reject, read });
  });
}

/** As `request`, for a callback that may be called off; returns the call's id. */
export function requestCallback(
  name: string,
  args: readonly string[],
  callback: () => void,
): number {
  const error = undefined as never;
  return send(name, args, { error, resolve: callback, reject: callback, read: asNothing });
}

export function cancel(id: number): void {
  if (waiting[id] === undefined) return;
  delete waiting[id];
  waitingCount--;
  frame(outbound.cancel, id, 0);
}

/** Settles a call with the answer that the host handed in. */
export function settle(kind: number, id: number, answer: string): void {
  const entry = waiting[id];
  if (entry === undefined) return;
  delete waiting[id];
  waitingCount--;
  if (kind === inbound.answer) {
    let value: unknown;
    try {
      value = entry.read(answer);
    } catch (error) {
      // The host's answer is no JSON, or too large for the memory that is left.
      entry.reject(error);
      return;
    }
    entry.resolve(value);
    return;
  }
  const { code, message, retryable } = parse(answer);
  const { error } = entry;
  error.message = message;
  error.code = code;
  error.retryable = retryable;
  weakSet(codes, error, code);
  entry.reject(error);
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') {
    throw new TypeErrorClass(
      `${what} must be a string, not ${value === null ? 'null' : typeof value}.`,
    );
  }
  if (!isWellFormed(value)) {
    throw new TypeErrorClass(
      `${what} has a lone surrogate, which UTF-8 cannot hold: use text.toWellFormed().`,
    );
  }
  return value;
}

/** `value` as JSON for the host; what cannot cross is a TypeError, as for a result. */
export function argument(value: unknown, maxChars = 256 * 1024 * 1024): string {
  try {
    return toJson(value, maxChars);
  } catch (error) {
    if (error === tooDeep) throw new TypeErrorClass('The value is nested deeper than 256 levels.');
    if (error === tooLarge) throw new TypeErrorClass('The value is too large.');
    throw error;
  }
}

const asJson = (answer: string): unknown => parse(answer);
const asText = (answer: string): unknown => answer;
const asJsonOrNothing = (answer: string): unknown => (answer === '' ? undefined : parse(answer));
const asNothing = (): unknown => undefined;

/** The host functions that programs see as globals. Each is async: a bad argument rejects. */
export const hostFunctions = {
  async callTool(server: unknown, tool: unknown, params: unknown = {}) {
    if (++toolCalls > toolCallsAllowed) endAtLimit(mailboxLimit.toolCalls);
    const args = [text(server, 'The server'), text(tool, 'The tool'), argument(params)];
    return request('callTool', args, asJson);
  },
  async readFile(path: unknown) {
    return request('readFile', [text(path, 'The path')], asText);
  },
  async writeFile(path: unknown, content: unknown) {
    const written = text(content, 'The text to write');
    return request('writeFile', [text(path, 'The path'), written], asNothing);
  },
  async listFiles(path: unknown = '/workspace') {
    return request('listFiles', [text(path, 'The path')], asJson);
  },
  async getState(key: unknown) {
    return request('getState', [text(key, 'The key')], asJsonOrNothing);
  },
  async setState(key: unknown, value: unknown) {
    return request('setState', [text(key, 'The key'), argument(value)], asNothing);
  },
  async searchTools(query: unknown) {
    return request('searchTools', [text(query, 'The query')], asJson);
  },
  async sleep(ms: unknown) {
    return request('sleep', [toText(toNumber(ms))], asNothing);
  },
};
