/** Calls to the host: made as frames, answered in a later step. */
import { methodName } from '../../core/src/server-method.ts';
import { inbound, mailboxLimit, outbound, type StartOptions } from '../src/wire.ts';
import {
  create,
  defineProperty,
  ErrorClass,
  isWellFormed,
  PromiseClass,
  parse,
  rejected,
  TypeErrorClass,
  toNumber,
  toText,
  weakGet,
  weakSet,
} from './intrinsics.ts';
import { toJson, tooDeep, tooLarge } from './json-writer.ts';
import { endAtLimit } from './mailbox.ts';
import { frame } from './outbox.ts';
import { hidden } from './properties.ts';

interface Waiting {
  /** Made where the program made the call, so that its stack points there. */
  readonly error: Error & { code?: string; retryable?: boolean; retryAfterMs?: number };
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
      [name]: (...args: unknown[]) =>
        attempt(() => request([name, argument(args)], asJsonOrNothing)),
    });
  }
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

/** @param fields name of the host function, then its arguments */
function send(fields: readonly string[], entry: Waiting): number {
  if (waitingCount >= maxWaiting) {
    const message = `Over ${maxWaiting} calls wait for an answer: await some before making more.`;
    throw coded(new ErrorClass(message), 'QUOTA_EXCEEDED');
  }
  const id = ++lastId;
  frame(outbound.call, id, fields);
  waiting[id] = entry;
  waitingCount++;
  return id;
}

/**
 * Calls a host function; `read` turns the answer's text into what the promise gives.
 * @param fields its name, then its arguments
 */
function request(fields: readonly string[], read: (answer: string) => unknown): Promise<unknown> {
  // Made here, so that its stack points to the call.
  const error = new ErrorClass('');
  return new PromiseClass((resolve, reject) => {
    send(fields, { error, resolve, reject, read });
  });
}

/** As `request`, for a callback that may be called off; returns the call's id. */
export function requestCallback(fields: readonly string[], callback: () => void): number {
  const error = undefined as never;
  return send(fields, { error, resolve: callback, reject: callback, read: asNothing });
}

export function cancel(id: number): void {
  if (waiting[id] === undefined) return;
  delete waiting[id];
  waitingCount--;
  frame(outbound.cancel, id, []);
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
  const { code, message, retryable, retryAfterMs } = parse(answer);
  const { error } = entry;
  defineProperty(error, 'name', { value: 'ToolCallError', configurable: true });
  error.message = message;
  error.code = code;
  error.retryable = retryable;
  if (retryAfterMs !== undefined) error.retryAfterMs = retryAfterMs;
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

/** A promise in any case: a bad argument rejects. */
function attempt(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return call();
  } catch (error) {
    return rejected(error);
  }
}

function callServer(server: unknown, tool: unknown, params: unknown): Promise<unknown> {
  return attempt(() => {
    if (++toolCalls > toolCallsAllowed) endAtLimit(mailboxLimit.toolCalls);
    const from = text(server, 'The server');
    const name = text(tool, 'The tool');
    return request(['callTool', from, name, argument(params)], asJson);
  });
}

const listResources = methodName('resources/list');
const readResource = methodName('resources/read');
const listPrompts = methodName('prompts/list');
const getPrompt = methodName('prompts/get');

/** The host functions that programs see as globals. */
export const hostFunctions = {
  callTool: (server: unknown, tool: unknown, params: unknown = {}) =>
    callServer(server, tool, params),
  listResources: (server: unknown) => callServer(server, listResources, {}),
  readResource: (server: unknown, uri: unknown) => callServer(server, readResource, { uri }),
  listPrompts: (server: unknown) => callServer(server, listPrompts, {}),
  getPrompt: (server: unknown, name: unknown, args?: unknown) =>
    callServer(server, getPrompt, { name, arguments: args }),
  readBlob(handle: unknown) {
    return attempt(() => request(['readBlob', text(handle, 'The handle')], asText));
  },
  readFile(path: unknown) {
    return attempt(() => request(['readFile', text(path, 'The path')], asText));
  },
  writeFile(path: unknown, content: unknown) {
    return attempt(() => {
      const written = text(content, 'The text to write');
      return request(['writeFile', text(path, 'The path'), written], asNothing);
    });
  },
  listFiles(path: unknown = '/workspace') {
    return attempt(() => request(['listFiles', text(path, 'The path')], asJson));
  },
  getState(key: unknown) {
    return attempt(() => request(['getState', text(key, 'The key')], asJsonOrNothing));
  },
  setState(key: unknown, value: unknown) {
    return attempt(() => request(['setState', text(key, 'The key'), argument(value)], asNothing));
  },
  searchTools(query: unknown, options: unknown = {}) {
    return attempt(() => {
      const wanted = text(query, 'The query');
      return request(['searchTools', wanted, argument(options)], asJson);
    });
  },
  sleep(ms: unknown) {
    return attempt(() => request(['sleep', toText(toNumber(ms))], asNothing));
  },
};
