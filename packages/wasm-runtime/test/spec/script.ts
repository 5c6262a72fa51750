import {
  atomOf,
  type Expression,
  headOf,
  isList,
  type List,
  readExpressions,
} from './s-expressions.ts';

/** A module as a script gives it. */
export type Source =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array };

export type Action =
  | {
      readonly kind: 'invoke';
      readonly module?: string;
      readonly name: string;
      readonly args: readonly List[];
    }
  | { readonly kind: 'get'; readonly module?: string; readonly name: string };

export type Command = { readonly line: number } & (
  | { readonly kind: 'module'; readonly id?: string; readonly source: Source }
  | { readonly kind: 'definition'; readonly id?: string; readonly source: Source }
  | { readonly kind: 'instance'; readonly id?: string; readonly definition?: string }
  | { readonly kind: 'register'; readonly as: string; readonly id?: string }
  | { readonly kind: 'action'; readonly action: Action }
  | { readonly kind: 'assert_return'; readonly action: Action; readonly expected: readonly List[] }
  | {
      readonly kind: 'assert_trap' | 'assert_exhaustion';
      readonly action: Action;
      readonly message: string;
    }
  | { readonly kind: 'assert_exception'; readonly action: Action }
  | {
      readonly kind: 'assert_invalid' | 'assert_malformed';
      readonly source: Source;
      readonly message: string;
    }
  | {
      readonly kind: 'assert_unlinkable' | 'assert_uninstantiable';
      readonly source: Source;
      readonly message: string;
    }
);

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function bytesOf(expression: Expression | undefined): Uint8Array {
  if (expression === undefined || !('bytes' in expression)) throw new Error('A string is missing.');
  return expression.bytes;
}
const stringOf = (expression: Expression | undefined): string =>
  decoder.decode(bytesOf(expression));

/** The identifier at `items[index]`, if there is one. */
function identifier(items: readonly Expression[], index: number): string | undefined {
  const atom = atomOf(items[index]);
  return atom?.startsWith('$') ? atom : undefined;
}

/** The commands of the script `text`. */
export function readScript(text: string): Command[] {
  const expressions = readExpressions(text).filter(isList);
  const sourceOf = (list: List, from = 1): Source => {
    const rest = list.items.slice(from + (identifier(list.items, from) === undefined ? 0 : 1));
    const form = atomOf(rest[0]);
    const strings = rest.slice(1);
    if (form === 'binary') {
      return { kind: 'binary', bytes: Uint8Array.from(strings.flatMap((s) => [...bytesOf(s)])) };
    }
    if (form === 'quote') return { kind: 'quote', text: strings.map(stringOf).join(' ') };
    const written = text.slice(list.start, list.end);
    return { kind: 'text', text: written.replace(/^\(\s*module\s+definition/u, '(module') };
  };
  const actionOf = (list: Expression | undefined): Action => {
    if (!isList(list)) throw new Error('An action is missing.');
    const module = identifier(list.items, 1);
    const [name, ...args] = list.items.slice(module === undefined ? 1 : 2);
    const named = { ...(module === undefined ? {} : { module }), name: stringOf(name) };
    if (headOf(list) === 'get') return { kind: 'get', ...named };
    return { kind: 'invoke', ...named, args: args.filter(isList) };
  };
  const withId = (id: string | undefined) => (id === undefined ? {} : { id });
  let line = 1;
  let counted = 0;

  const commandOf = (list: List): Command => {
    for (; counted < list.start; counted++) if (text[counted] === '\n') line++;
    const { items } = list;
    const head = headOf(list);
    const keyword = atomOf(items[1]);
    const message = () => stringOf(items[2]);
    switch (head) {
      case 'module':
        if (keyword === 'definition') {
          const id = identifier(items, 2);
          return { line, kind: 'definition', ...withId(id), source: sourceOf(list, 2) };
        }
        if (keyword === 'instance') {
          const definition = identifier(items, 3);
          const named = definition === undefined ? {} : { definition };
          return { line, kind: 'instance', ...withId(identifier(items, 2)), ...named };
        }
        return { line, kind: 'module', ...withId(identifier(items, 1)), source: sourceOf(list) };
      case 'register':
        return { line, kind: 'register', as: stringOf(items[1]), ...withId(identifier(items, 2)) };
      case 'invoke':
      case 'get':
        return { line, kind: 'action', action: actionOf(list) };
      case 'assert_return': {
        const expected = items.slice(2).filter(isList);
        return { line, kind: head, action: actionOf(items[1]), expected };
      }
      case 'assert_exception':
        return { line, kind: head, action: actionOf(items[1]) };
      case 'assert_trap':
      case 'assert_exhaustion': {
        const subject = items[1];
        if (isList(subject) && headOf(subject) === 'module') {
          const source = sourceOf(subject);
          return { line, kind: 'assert_uninstantiable', source, message: message() };
        }
        return { line, kind: head, action: actionOf(subject), message: message() };
      }
      case 'assert_invalid':
      case 'assert_malformed':
      case 'assert_invalid_custom':
      case 'assert_malformed_custom':
      case 'assert_unlinkable': {
        if (!isList(items[1])) throw new Error('A module is missing.');
        const source = sourceOf(items[1]);
        const kind = head.replace('_custom', '') as 'assert_invalid';
        return { line, kind, source, message: message() };
      }
      default:
        throw new Error(`There is no command ${head} (line ${line}).`);
    }
  };

  // A script may also be the fields of one module.
  const commands = /^(?:module|register|invoke|get|assert_.*)$/u;
  const first = expressions[0];
  if (first !== undefined && !commands.test(headOf(first) ?? '')) {
    return [{ line: 1, kind: 'module', source: { kind: 'text', text: `(module ${text})` } }];
  }
  return expressions.map(commandOf);
}
