/** TypeScript source of a type, with what is needed to combine it with others. */
export interface TypeText {
  readonly text: string;
  /** The outermost operator, which decides where parentheses are needed. */
  readonly operator: '' | '|' | '&';
  /** How many members it has as a union; more than it has where that is not known. */
  readonly width: number;
  /** It is `unknown`. */
  readonly top: boolean;
  /** It is certainly assignable to `object`. */
  readonly object: boolean;
}

export function atom(
  text: string,
  about: { readonly width?: number; readonly object?: boolean } = {},
): TypeText {
  return {
    text,
    operator: '',
    width: about.width ?? 1,
    top: text === 'unknown',
    object: about.object ?? false,
  };
}

export const unknownType = atom('unknown');

/** `unknown`, where a more exact type is not written out; `why` is our own text. */
export function widened(why: string): TypeText {
  return { ...unknownType, text: `unknown /* ${why} */` };
}

/** The width that a named type counts as when its own is not known. */
export const unknownWidth = 1_000;
const maxUnionWidth = 1_000;
/** TypeScript multiplies out an intersection of unions, and gives up at 100,000 members. */
const maxProduct = 100;

function distinct(types: readonly TypeText[]): TypeText[] {
  return [...new Map(types.map((type) => [type.text, type])).values()];
}

export function union(types: readonly TypeText[]): TypeText {
  const members = distinct(types).filter((type) => type.text !== 'never');
  const [first] = members;
  if (first === undefined) return atom('never');
  const top = members.find((type) => type.top);
  if (top !== undefined) return top;
  if (members.length === 1) return first;
  const width = members.reduce((sum, type) => sum + type.width, 0);
  if (members.length > maxUnionWidth) return widened('too many alternatives');
  return {
    text: members.map((type) => type.text).join(' | '),
    operator: '|',
    width,
    top: false,
    object: members.every((type) => type.object),
  };
}

/** Parts that would multiply out too far are left out: the type is then wider, never wrong. */
export function intersection(types: readonly TypeText[]): TypeText {
  const parts: TypeText[] = [];
  let width = 1;
  let leftOut = false;
  for (const type of distinct(types.filter((candidate) => !candidate.top))) {
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
  if (parts.length === 1 && !leftOut) return first;
  const text = parts.map((type) => (type.operator === '|' ? `(${type.text})` : type.text));
  return {
    text: text.join(' & ') + (leftOut ? ' /* narrower in the schema */' : ''),
    operator: '&',
    width,
    top: false,
    object: parts.some((type) => type.object),
  };
}

/** Made ready to be followed by `[]` or `?`. */
export function operand(type: TypeText): string {
  return type.operator === '' && !type.text.endsWith('*/') ? type.text : `(${type.text})`;
}
