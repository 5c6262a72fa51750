/** `console` and `log`: lines for the person who runs the program, kept even if it is stopped. */
import { logLineBytes, mailboxLimit, outbound, type StartOptions } from '../src/wire.ts';
import { argument } from './host.ts';
import {
  create,
  ErrorClass,
  NativeMap,
  NativeSet,
  objectToString,
  slice,
  stringify,
  toText,
} from './intrinsics.ts';
import { toJson } from './json-writer.ts';
import { endAtLimit } from './mailbox.ts';
import { commit, write as writeFrame } from './outbox.ts';

const maxMessageChars = 65_536;

let bytesAllowed = 0;
let bytesLogged = 0;

export function configure(options: StartOptions): void {
  bytesAllowed = options.logBytes;
}

function write(level: string, message: string, fields: string): void {
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
function show(value: unknown): string {
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

function line(level: string) {
  return (...values: unknown[]): void => {
    let message = '';
    for (let index = 0; index < values.length; index++) {
      message += (index === 0 ? '' : ' ') + show(values[index]);
    }
    write(level, message, '');
  };
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

const info = line('info');
const error = line('error');
const counts: Record<string, number> = create(null);

/** The global `console`: the methods that agents use; none of them throws. */
export const console = {
  debug: line('debug'),
  log: info,
  info,
  warn: line('warn'),
  error,
  trace: line('debug'),
  dir: (value: unknown) => info(value),
  table: (value: unknown) => info(value),
  group: info,
  groupCollapsed: info,
  groupEnd: () => {},
  assert(condition: unknown, ...values: unknown[]): void {
    if (!condition) error('Assertion failed:', ...values);
  },
  count(label: unknown = 'default'): void {
    const key = show(label);
    counts[key] = (counts[key] ?? 0) + 1;
    info(`${key}: ${stringify(counts[key])}`);
  },
  time: () => {},
  timeLog: () => {},
  timeEnd: () => {},
};
