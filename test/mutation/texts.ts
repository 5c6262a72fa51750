/**
 * A plugin of StrykerJS: leaves alone what errors say to people. Tests hold codes, and the parts of a
 * text that matter; a mutant of a sentence says nothing about what is decided.
 */

/** What it looks at of a place in Babel's syntax tree. */
interface Place {
  readonly node: SyntaxNode;
  /** Name of the field of the parent's that this is in, and the index there if it is a list. */
  readonly listKey?: string;
  readonly key: string | number;
  readonly parentPath: Place | null;
}

interface SyntaxNode {
  readonly type: string;
  readonly name?: string;
  readonly callee?: SyntaxNode;
  readonly property?: SyntaxNode;
  readonly key?: SyntaxNode;
  readonly properties?: readonly SyntaxNode[];
}

/** Which argument of what makes an error is its text. */
const textAt: Readonly<Record<string, number>> = {
  SandboxError: 1,
  MalformedModuleError: 0,
  fail: 0,
  refuse: 0,
  '#refuse': 0,
  invalid: 1,
};

/** Fields that are texts: of errors, and of the help of a command. */
const fields: ReadonlySet<string> = new Set(['hint', 'summary', 'helpValue']);

function calledName({ callee }: SyntaxNode): string | undefined {
  const named = callee?.type === 'MemberExpression' ? callee.property : callee;
  return named?.type === 'PrivateName'
    ? `#${(named as unknown as { id: { name: string } }).id.name}`
    : named?.name;
}

const isHint = ({ key }: SyntaxNode): boolean => key?.name === 'hint' || key?.name === 'cause';

function isOfText({ node, listKey, key, parentPath: parent }: Place): boolean {
  if (parent === null) return false;
  const field = parent.node.type === 'ObjectProperty' ? parent.node.key?.name : undefined;
  if (field !== undefined && fields.has(field)) return true;
  if (listKey !== 'arguments') return false;
  const position = textAt[calledName(parent.node) ?? ''];
  if (position === undefined) return false;
  // `{ hint, cause }` behind the text is for people too.
  const isForPeople = node.type === 'ObjectExpression' && node.properties?.every(isHint);
  return key === position || (isForPeople ?? false);
}

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'texts',
    value: {
      shouldIgnore: (place: Place): string | undefined =>
        isOfText(place) ? 'what an error says to people' : undefined,
    },
  },
];
