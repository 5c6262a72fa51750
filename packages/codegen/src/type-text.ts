import {
  allKinds,
  arrayKind,
  booleanKind,
  isWithin,
  type Kinds,
  nullKind,
  numberKind,
  objectKind,
  stringKind,
} from './kinds.ts';

/** TypeScript source of a type, with what is needed to combine it with others. */
export interface TypeText {
  readonly text: string;
  /** The outermost operator, which decides where parentheses are needed. */
  readonly operator: '' | '|' | '&';
  /** How many members it has as a union; more than it has where that is not known. */
  readonly width: number;
  /** It is `unknown`. */
  readonly top: boolean;
  /** No value of the type is of another kind. */
  readonly kinds: Kinds;
  /** The schema says more, such as properties that are not in the text. */
  readonly widened: boolean;
  /** Of a union. */
  readonly members?: readonly TypeText[];
}

export function atom(
  text: string,
  kinds: Kinds,
  about: { readonly width?: number; readonly widened?: boolean } = {},
): TypeText {
  return {
    text,
    operator: '',
    width: about.width ?? 1,
    top: false,
    kinds,
    widened: about.widened ?? false,
  };
}

export const unknownType: TypeText = { ...atom('unknown', allKinds), top: true };
export const neverType: TypeText = atom('never', 0);
/** Of an object or a map of which nothing is known. */
export const anyObject = 'Record<string, unknown>';

const general: readonly TypeText[] = [
  atom('string', stringKind),
  atom('number', numberKind),
  atom('boolean', booleanKind),
  atom(anyObject, objectKind),
  atom('unknown[]', arrayKind),
  atom('null', nullKind),
];

/** The widest type of values of `kinds`. */
export function anyOfKinds(kinds: Kinds): TypeText {
  if (kinds === allKinds) return unknownType;
  const known = byKinds[kinds] ?? union(general.filter((type) => type.kinds & kinds));
  byKinds[kinds] = known;
  return known;
}

const byKinds: TypeText[] = [];

/** Nothing but the kinds is known of its values. */
export function isGeneral(type: TypeText): boolean {
  const known = general.map(({ text }) => text);
  return type.top || (type.members ?? [type]).every(({ text }) => known.includes(text));
}

/** The widest type, where a more exact one is not written out; `why` is our own text. */
export function widened(why: string, kinds: Kinds = allKinds): TypeText {
  const type = anyOfKinds(kinds);
  return { ...type, text: `${type.text} /* ${why} */`, widened: true };
}

/** The width that a named type counts as when its own is not known. */
export const unknownWidth = 1_000;
const maxUnionWidth = 1_000;
/** TypeScript multiplies out an intersection of unions, and gives up at 100,000 members. */
const maxProduct = 2_000;

function distinct(types: readonly TypeText[]): readonly TypeText[] {
  if (types.length < 2) return types;
  return [...new Map(types.map((type) => [type.text, type])).values()];
}

function kindsOf(types: readonly TypeText[]): Kinds {
  return types.reduce((kinds, type) => kinds | type.kinds, 0);
}

export function union(types: readonly TypeText[]): TypeText {
  const [one] = types;
  if (one !== undefined && types.length === 1) return one;
  const flat = types.flatMap((type) => type.members ?? [type]);
  const members = distinct(flat).filter((type) => type.text !== 'never');
  const [first] = members;
  if (first === undefined) return neverType;
  const top = members.find((type) => type.top);
  if (top !== undefined) return top;
  if (members.length === 1) return first;
  if (members.length > maxUnionWidth) return widened('too many alternatives', kindsOf(members));
  return {
    text: members.map((type) => type.text).join(members.every(isLiteral) ? '|' : ' | '),
    operator: '|',
    width: members.reduce((sum, type) => sum + type.width, 0),
    top: false,
    kinds: kindsOf(members),
    widened: members.some((type) => type.widened),
    members,
  };
}

/**
 * Parts that would multiply out too far are left out: the type is then wider, never wrong. Where a
 * part is wider than its schema, so are the objects of the whole: they may have any properties.
 */
export function intersection(types: readonly TypeText[]): TypeText {
  const parts: TypeText[] = [];
  let width = 1;
  let leftOut = false;
  for (const type of withoutGeneral(distinct(types.filter((candidate) => !candidate.top)))) {
    if (type.text === 'never') return neverType;
    const product = width * type.width;
    if (width > 1 && type.width > 1 && product > maxProduct) {
      leftOut = true;
      continue;
    }
    width = product;
    parts.push(type);
  }
  const [first] = parts;
  if (first === undefined) return types.find((type) => type.text !== 'unknown') ?? unknownType;
  const isWidened = leftOut || types.some((type) => type.widened);
  const kinds = parts.reduce((all, type) => all & type.kinds, allKinds);
  const isOpen = parts.some((type) => type.text.startsWith(anyObject));
  const open = isWidened && (kinds & objectKind) !== 0 && !isOpen;
  if (open && !isWithin(kinds, objectKind)) return widened('more in the schema', kinds);
  if (open) parts.push(atom(anyObject, objectKind));
  if (parts.length === 1) return { ...first, widened: isWidened };
  const text = parts.map((type) => (type.operator === '|' ? `(${type.text})` : type.text));
  return {
    text: text.join(' & ') + (open ? ' /* more in the schema */' : ''),
    operator: '&',
    width,
    top: false,
    kinds,
    widened: isWidened,
  };
}

/** Written without spaces, which would be a third of an enumeration's tokens. */
function isLiteral({ text }: TypeText): boolean {
  return /^['\d-]/.test(text) || /^(?:null|true|false)$/.test(text);
}

/** `Record<string, unknown>` and `unknown[]` say nothing beside a type of objects or arrays. */
function withoutGeneral(types: readonly TypeText[]): readonly TypeText[] {
  return types.filter(
    (type) =>
      !(type.text === anyObject || type.text === 'unknown[]') ||
      !types.some((other) => other !== type && isWithin(other.kinds, type.kinds)),
  );
}

/** Made ready to be followed by `[]` or `?`. */
export function operand(type: TypeText): string {
  return type.operator === '' && !type.text.endsWith('*/') ? type.text : `(${type.text})`;
}
