import { parse } from '@bytecodealliance/jco';
import { MalformedModuleError } from '../../src/metering/binary.ts';
import { meteringExports } from '../../src/metering/instrumentation.ts';
import { meter } from '../../src/metering/meter.ts';
import { assemble as assembleLegacy } from '../assemble.ts';
import type { List } from './s-expressions.ts';
import { type Command, readScript, type Source } from './script.ts';
import { trapMessages } from './trap-messages.ts';
import { takeMatching } from './values.ts';
import { type Effect, World } from './world.ts';

export interface Report {
  /** Where the metered module did otherwise than the plain one. Must be empty. */
  readonly differences: string[];
  /** Modules that V8 accepts and the rewriter refuses. */
  readonly refusedByRewriter: string[];
  /** Valid modules that V8 refuses; nothing can be compared for them. */
  readonly refusedByV8: string[];
  /** What V8 itself does otherwise than the specification says; the metered module does so, too. */
  readonly wrongInV8: string[];
  modules: number;
  assertions: number;
  /** Assertions about text that the assembler refuses, as it should, before there is a module. */
  textOnly: number;
  /** Assertions on modules that V8 refuses. */
  void: number;
}

/** Characters that the assembler takes only when they are escaped. */
const bidirectional = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/gu;

/** Undefined for text that is no module. */
async function assemble(source: Source): Promise<Uint8Array | undefined> {
  if (source.kind === 'binary') return source.bytes;
  const isField = source.kind === 'quote' && !/^\s*\(\s*module\b/u.test(source.text);
  const text = (isField ? `(module ${source.text})` : source.text).replace(
    bidirectional,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  // The legacy exception handling is known to the other assembler only.
  const assemblers = source.kind === 'text' ? [parse, assembleLegacy] : [parse];
  for (const assembler of assemblers) {
    try {
      return await assembler(text);
    } catch {
      // Neither says how it failed other than in words.
    }
  }
  return undefined;
}

const validates = (bytes: Uint8Array): boolean => WebAssembly.validate(bytes as BufferSource);

const withoutFuel = (exports: WebAssembly.Exports): [string, WebAssembly.ExportValue][] =>
  Object.entries(exports).filter(
    ([name]) => !(Object.values(meteringExports) as string[]).includes(name),
  );

/** What can be seen of an exported memory, table or global; the kind of anything else. */
function stateOf(value: unknown): unknown {
  if (value instanceof WebAssembly.Memory) return new Uint8Array(value.buffer);
  if (value instanceof WebAssembly.Table) {
    // No element can be read of a table of exceptions.
    const length = Number(value.length);
    try {
      return Array.from({ length }, (_, n) => kindOf(value.get(n)));
    } catch {
      return length;
    }
  }
  if (value instanceof WebAssembly.Global) {
    try {
      return kindOf(value.value);
    } catch {
      return 'unreadable';
    }
  }
  return typeof value;
}

/** Functions and objects of two worlds are never the same; their kind is. */
const kindOf = (value: unknown): unknown =>
  value !== null && (typeof value === 'object' || typeof value === 'function')
    ? Object.hasOwn(value, 'number')
      ? value
      : typeof value
    : value;

function sameEffect(a: Effect | undefined, b: Effect | undefined): boolean {
  const show = (effect: Effect | undefined) =>
    JSON.stringify(effect, (_, value) => {
      if (typeof value === 'bigint') return `${value}n`;
      if (Object.is(value, -0)) return '-0';
      if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
      return value === effect || typeof value !== 'function' ? value : 'function';
    });
  return show(a) === show(b);
}

const sameBytes = (a: unknown, b: unknown): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array
    ? Buffer.compare(a, b) === 0
    : JSON.stringify(a, bigints) === JSON.stringify(b, bigints);
const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);

function isAsExpected(command: Command, effect: Effect): boolean {
  switch (command.kind) {
    case 'assert_return': {
      if (effect.kind !== 'values') return false;
      const rest = [...effect.values];
      return command.expected.every((list: List) => takeMatching(rest, list)) && rest.length === 0;
    }
    case 'assert_trap':
      return effect.kind === 'trap' && trapMessages(command.message).test(effect.message);
    case 'assert_exhaustion':
      return effect.kind === 'exhaustion';
    case 'assert_exception':
      return effect.kind === 'exception';
    case 'assert_unlinkable':
      return effect.kind === 'link';
    case 'assert_uninstantiable':
      return (
        effect.kind === 'exception' ||
        (effect.kind === 'trap' && trapMessages(command.message).test(effect.message))
      );
    default:
      return effect.kind === 'values';
  }
}

/**
 * Runs the script `text` in two worlds side by side, one of which sees each module through the
 * rewriter, and compares all that can be seen of them, with each other and with the assertions.
 */
export async function runScript(text: string): Promise<Report> {
  const report: Report = {
    differences: [],
    refusedByRewriter: [],
    refusedByV8: [],
    wrongInV8: [],
    modules: 0,
    assertions: 0,
    textOnly: 0,
    void: 0,
  };
  const plain = new World((bytes) => bytes);
  const metered = new World(meter);
  const definitions = new Map<string | undefined, Uint8Array | undefined>();

  const compare = (command: Command, [one, other]: [Effect | undefined, Effect | undefined]) => {
    const isAssertion = command.kind.startsWith('assert_');
    if (one === undefined) {
      if (isAssertion) report.void++;
      return;
    }
    if (isAssertion) report.assertions++;
    if (!sameEffect(one, other)) {
      report.differences.push(`${command.line}: ${inspect(one)}, metered ${inspect(other)}`);
    }
    if (!isAsExpected(command, one)) {
      report.wrongInV8.push(`${command.line}: ${command.kind} ${inspect(one)}`);
    }
  };

  /** The module's bytes, or undefined if V8 or the rewriter refuses it, which is noted. */
  const admit = (bytes: Uint8Array | undefined, line: number): Uint8Array | undefined => {
    if (bytes === undefined || !validates(bytes)) {
      report.refusedByV8.push(`${line}: ${bytes === undefined ? 'not assembled' : reason(bytes)}`);
      return undefined;
    }
    try {
      meter(bytes);
    } catch (error) {
      if (!(error instanceof MalformedModuleError)) throw error;
      report.refusedByRewriter.push(`${line}: ${error.message}`);
      return undefined;
    }
    report.modules++;
    return bytes;
  };
  const both = (task: (world: World) => Effect | undefined) =>
    [task(plain), task(metered)] as [Effect | undefined, Effect | undefined];

  for (const command of readScript(text)) {
    switch (command.kind) {
      case 'definition':
        definitions.set(command.id, admit(await assemble(command.source), command.line));
        definitions.set(undefined, definitions.get(command.id));
        break;
      case 'module':
      case 'instance': {
        const bytes =
          command.kind === 'instance'
            ? definitions.get(command.definition)
            : admit(await assemble(command.source), command.line);
        const effects = both((world) => world.instantiate(bytes, command.id));
        if (bytes !== undefined) compare(command, effects);
        break;
      }
      case 'register':
        plain.register(command.as, command.id);
        metered.register(command.as, command.id);
        break;
      case 'assert_invalid':
      case 'assert_malformed': {
        const bytes = await assemble(command.source);
        if (bytes === undefined) {
          report.textOnly++;
          break;
        }
        report.assertions++;
        const refused = isRefused(bytes);
        if (refused === validates(bytes)) {
          report.differences.push(
            `${command.line}: the rewriter ${refused ? 'refuses' : 'accepts'}`,
          );
        }
        if (validates(bytes)) report.wrongInV8.push(`${command.line}: accepts ${command.message}`);
        break;
      }
      case 'assert_unlinkable':
      case 'assert_uninstantiable': {
        const bytes = admit(await assemble(command.source), command.line);
        if (bytes === undefined) report.void++;
        else
          compare(
            command,
            both((world) => world.instantiate(bytes)),
          );
        break;
      }
      default:
        compare(
          command,
          both((world) => world.perform(command.action)),
        );
    }
  }

  for (const [index, { exports }] of plain.instances.entries()) {
    const other = metered.instances[index]?.exports ?? {};
    const names = withoutFuel(other).map(([name]) => name);
    if (
      !sameBytes(
        names,
        withoutFuel(exports).map(([name]) => name),
      )
    ) {
      report.differences.push(`instance ${index}: other exports: ${names.join(' ')}`);
    }
    for (const [name, value] of withoutFuel(exports)) {
      if (!sameBytes(stateOf(value), stateOf(other[name]))) {
        report.differences.push(`instance ${index}: ${name} is different`);
      }
    }
  }
  return report;
}

function isRefused(bytes: Uint8Array): boolean {
  try {
    return !validates(meter(bytes));
  } catch (error) {
    if (error instanceof MalformedModuleError) return true;
    throw error;
  }
}

function reason(bytes: Uint8Array): string {
  try {
    new WebAssembly.Module(bytes as BufferSource);
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

const inspect = (effect: Effect | undefined): string =>
  JSON.stringify(effect, bigints) ?? 'nothing';
