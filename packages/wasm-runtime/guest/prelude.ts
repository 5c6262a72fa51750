/** The guest's side of the step protocol: see src/wire.ts. */
import {
  frameHeadBytes,
  inbound,
  mailbox,
  mailboxLimit,
  outbound,
  type StartOptions,
} from '../src/wire.ts';
import { setClock } from './clock.ts';
import { reseed } from './crypto.ts';
import {
  configure as configureGlobals,
  importModule,
  installGlobals,
  lockBindings,
} from './globals.ts';
import { coded, codeOf, configure as configureHost, settle } from './host.ts';
import {
  AsyncFunction,
  bufferOf,
  byteLengthOf,
  byteOffsetOf,
  create,
  decode,
  defineProperty,
  ErrorClass,
  NativeFloat64Array,
  NativeUint8Array,
  NativeUint32Array,
  parse,
  slice,
  stringify,
  toText,
} from './intrinsics.ts';
import { toJson, tooDeep, tooLarge } from './json-writer.ts';
import { configure as configureLog } from './log.ts';
import * as box from './mailbox.ts';
import { frame, take } from './outbox.ts';
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
    if (error === tooDeep) box.endAtLimit(mailboxLimit.depth);
    if (error === tooLarge) box.endAtLimit(mailboxLimit.output);
    return endThrew(error, 'RESULT_NOT_JSON');
  }
  ended = true;
  frame(outbound.returned, 0, [json]);
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
  frame(outbound.threw, 0, [name || 'Error', message, stack, code]);
}

type ProgramBody = (...args: unknown[]) => Promise<unknown>;

/** A program that was loaded and not started. */
let loaded: ProgramBody | undefined;

function load(source: string): void {
  try {
    loaded = parseProgram(source);
  } catch (error) {
    endThrew(error);
  }
}

/**
 * The source is data to the engine's own parser, and cannot end the function around it. Like every
 * module it is strict.
 */
function parseProgram(source: string): ProgramBody {
  try {
    const body = `"use strict";\n${source}\n//# sourceURL=program.js`;
    return new AsyncFunction('$export', '$import', body);
  } catch (error) {
    // An error of the parser has its place beside its stack, not in it.
    const { lineNumber, columnNumber } = error as { lineNumber?: number; columnNumber?: number };
    setRawStack(error as object, `@program.js:${lineNumber}:${columnNumber}`);
    throw error;
  }
}

/** What the program exports under `entry`; without a default export it has no result. */
function entryOf(exports: Record<string, unknown>, entry: string | undefined): unknown {
  if (entry === undefined) return exports.default;
  if (entry in exports) return exports[entry];
  throw coded(new ErrorClass(`The program has no export named ${stringify(entry)}.`), 'NO_RESULT');
}

async function run(source: string, entry: string | undefined, args: unknown): Promise<void> {
  try {
    let exports: Record<string, unknown> = create(null);
    const setExports = (given: Record<string, unknown>) => {
      exports = given;
    };
    const body = source === '' && loaded !== undefined ? loaded : parseProgram(source);
    await body(setExports, importModule);
    const main = entryOf(exports, entry);
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
  run(source, options.entry, args);
}

/** A message as it lies in a buffer. */
interface Message {
  readonly buffer: ArrayBuffer;
  readonly offset: number;
  /** Of the message, from its start on. */
  readonly words: Uint32Array;
  readonly clock: Float64Array;
}

/** @param offset a multiple of 8 */
const messageIn = (buffer: ArrayBuffer, offset: number, size: number): Message => ({
  buffer,
  offset,
  words: new NativeUint32Array(buffer, offset, size >>> 2),
  clock: new NativeFloat64Array(buffer, offset, 1),
});

/** Reads the frames that the host handed in. */
function receive({ buffer, offset, words, clock }: Message, size: number): void {
  setClock(clock[0] as number);
  let at = 8;
  while (at < size) {
    const word = at >>> 2;
    const head = words[word] as number;
    const id = words[word + 1] as number;
    const textBytes = words[word + 2] as number;
    const lengths = word + 3;
    const textAt = at + frameHeadBytes + 4 * (head >>> 8);
    const text = decode(new NativeUint8Array(buffer, offset + textAt, textBytes));
    at = (textAt + textBytes + 3) & ~3;
    const kind = head & 0xff;
    if (kind === inbound.start) {
      const source = words[lengths] as number;
      const args = source + (words[lengths + 1] as number);
      const options = parse(slice(text, 0, source));
      start(options, slice(text, source, args), parse(slice(text, args, text.length)));
    } else if (kind === inbound.load) load(text);
    else if (kind === inbound.reseed) reseed(parse(text));
    else settle(kind, id, text);
  }
}

const inbox = messageIn(box.buffer, mailbox.inbox, mailbox.outbox - mailbox.inbox);

installGlobals();
lockBindings();
setUncaughtHandler(endThrew);

export const guest = {
  deliver(message: Uint8Array): void {
    const size = byteLengthOf(message);
    receive(messageIn(bufferOf(message), byteOffsetOf(message), size), size);
  },
  step(): void {
    receive(inbox, box.words[mailbox.delivered / 4] as number);
  },
  collect: take,
};
