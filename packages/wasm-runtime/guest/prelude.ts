/** The guest's side of the step protocol: see src/wire.ts. */
import { inbound, mailboxLimit, outbound, type StartOptions } from '../src/wire.ts';
import { setClock } from './clock.ts';
import { reseed } from './crypto.ts';
import {
  configure as configureGlobals,
  importModule,
  installGlobals,
  lockBindings,
} from './globals.ts';
import { codeOf, configure as configureHost, settle } from './host.ts';
import {
  AsyncFunction,
  bufferOf,
  byteLengthOf,
  byteOffsetOf,
  decode,
  defineProperty,
  ErrorClass,
  getFloat64,
  getUint8,
  getUint32,
  NativeDataView,
  NativeUint8Array,
  parse,
  slice,
  stringify,
  toText,
} from './intrinsics.ts';
import { toJson, tooDeep, tooLarge } from './json-writer.ts';
import { beginStep, configure as configureLog } from './log.ts';
import { endAtLimit } from './mailbox.ts';
import { field, frame, take } from './outbox.ts';
import { rawStack, setRawStack } from './stack.ts';
import { setUncaughtHandler } from './uncaught.ts';

const maxNameChars = 200;
const maxMessageChars = 8_192;
const maxStackChars = 16_384;

let outputBytes = 0;
let ended = false;

function endReturned(value: unknown): void {
  if (ended) return;
  let json: string;
  try {
    json = toJson(value, outputBytes);
  } catch (error) {
    if (error === tooDeep) endAtLimit(mailboxLimit.depth);
    if (error === tooLarge) endAtLimit(mailboxLimit.output);
    return endThrew(error, 'RESULT_NOT_JSON');
  }
  ended = true;
  frame(outbound.returned, 0, 1);
  field(json);
}

/** Reads a property of something that was thrown, which may be anything. */
function property(thrown: object, name: string, maxChars: number): string {
  try {
    const value = (thrown as Record<string, unknown>)[name];
    return value === undefined ? '' : slice(toText(value), 0, maxChars);
  } catch {
    return '';
  }
}

function isError(thrown: object): boolean {
  try {
    return thrown instanceof ErrorClass;
  } catch {
    return false;
  }
}

function describe(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object') return toText(thrown);
    return stringify(thrown) ?? toText(thrown);
  } catch {
    return 'a value that cannot be shown';
  }
}

function endThrew(thrown: unknown, code = codeOf(thrown)): void {
  if (ended) return;
  ended = true;
  // Reading what was thrown may run code of the program, which may write frames of its own: the
  // frame begins only when all its texts are there.
  let name = '';
  let message: string;
  let stack = '';
  if (typeof thrown === 'object' && thrown !== null && isError(thrown)) {
    name = property(thrown, 'name', maxNameChars);
    message = property(thrown, 'message', maxMessageChars);
    stack = slice(rawStack(thrown), 0, maxStackChars);
  } else {
    message = slice(`Thrown: ${describe(thrown)}`, 0, maxMessageChars);
  }
  frame(outbound.threw, 0, 4);
  field(name || 'Error');
  field(message);
  field(stack);
  field(code);
}

/**
 * The source is data to the engine's own parser, and cannot end the function around it. Like every
 * module it is strict.
 */
function parseProgram(source: string): (...args: unknown[]) => Promise<unknown> {
  try {
    const body = `"use strict";\n${source}\n//# sourceURL=program.js`;
    return new AsyncFunction('$deliver', '$import', body);
  } catch (error) {
    // An error of the parser has its place beside its stack, not in it.
    const { lineNumber, columnNumber } = error as { lineNumber?: number; columnNumber?: number };
    setRawStack(error as object, `@program.js:${lineNumber}:${columnNumber}`);
    throw error;
  }
}

async function run(source: string, args: unknown): Promise<void> {
  try {
    let main: unknown;
    const deliver = (value: unknown) => {
      main = value;
    };
    const body = parseProgram(source);
    await body(deliver, importModule);
    endReturned(await (typeof main === 'function' ? main(args) : main));
  } catch (error) {
    endThrew(error);
  }
}

function start(options: StartOptions, source: string, args: unknown): void {
  outputBytes = options.outputBytes;
  configureGlobals(options);
  configureHost(options);
  configureLog(options);
  defineProperty(globalThis, 'args', { value: args, writable: true, configurable: true });
  run(source, args);
}

/** Reads the frames that the host handed in. */
function receive(message: Uint8Array): void {
  const buffer = bufferOf(message);
  const offset = byteOffsetOf(message);
  const size = byteLengthOf(message);
  const view = new NativeDataView(buffer, offset, size);
  let at = 8;
  const nextField = (): string => {
    const length = getUint32(view, at, true);
    const text = decode(new NativeUint8Array(buffer, offset + at + 4, length));
    at += 4 + length;
    return text;
  };
  setClock(getFloat64(view, 0, true));
  while (at < size) {
    const kind = getUint8(view, at);
    const id = getUint32(view, at + 1, true);
    at += 6;
    if (kind === inbound.start) start(parse(nextField()), nextField(), parse(nextField()));
    else if (kind === inbound.reseed) reseed(parse(nextField()));
    else settle(kind, id, nextField());
  }
}

installGlobals();
lockBindings();
setUncaughtHandler(endThrew);

export const guest = {
  deliver(message: Uint8Array): void {
    beginStep();
    receive(message);
  },
  collect: take,
};
