/** Log lines: for the person who runs the program, kept even if it is stopped. */
import { logLineBytes, mailboxLimit, outbound, type StartOptions } from '../src/wire.ts';
import { argument } from './host.ts';
import { ErrorClass, NativeMap, NativeSet, objectToString, slice, toText } from './intrinsics.ts';
import { toJson } from './json-writer.ts';
import { endAtLimit } from './mailbox.ts';
import { commit, write as writeFrame } from './outbox.ts';

const maxMessageChars = 65_536;

let bytesAllowed = 0;
let bytesLogged = 0;

export function configure(options: StartOptions): void {
  bytesAllowed = options.logBytes;
}

/** Adds a log line; `fields` is JSON or empty. */
export function write(level: string, message: string, fields = ''): void {
  const shown =
    message.length > maxMessageChars ? `${slice(message, 0, maxMessageChars)}…` : message;
  bytesLogged += writeFrame(outbound.log, 0, [level, shown, fields]) + logLineBytes;
  if (bytesLogged > bytesAllowed) endAtLimit(mailboxLimit.logs);
  commit();
}

function tag(value: object): string {
  try {
    return objectToString(value);
  } catch {
    return '[a value that cannot be shown]';
  }
}

/** A value as a person wants to read it in a log line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return `${value}n`;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    return toText(value);
  }
  try {
    if (typeof value === 'function') return `[function ${value.name}]`;
    if (value instanceof ErrorClass) return `${value.name}: ${value.message}`;
    if (value instanceof NativeMap) return `Map ${toJson([...value], maxMessageChars)}`;
    if (value instanceof NativeSet) return `Set ${toJson([...value], maxMessageChars)}`;
    return toJson(value, maxMessageChars);
  } catch {
    return tag(value);
  }
}

const levels = ['debug', 'info', 'warn', 'error'];

/** The global `log`. @throws TypeError when `fields` cannot be JSON */
export function log(level: unknown, message: unknown, fields?: unknown): void {
  let known = 'info';
  for (let index = 0; index < levels.length; index++) {
    if (levels[index] === level) known = levels[index] as string;
  }
  write(known, show(message), fields === undefined ? '' : argument(fields, maxMessageChars));
}
