/** A survivor that behaves as the original does, and why. */
export interface Equivalent {
  readonly file: string;
  /** The code that is replaced. */
  readonly original: string;
  readonly replacements: readonly string[];
  readonly because: string;
}

const bridge = (name: string) => `packages/bridge/src/${name}.ts`;
const invented = '["Stryker was here"]';

export const equivalents: readonly Equivalent[] = [
  {
    file: bridge('policy-config'),
    original: '[]',
    replacements: [invented],
    because: 'The parser gives children to each array and object; its types do not say so.',
  },
  {
    file: bridge('policy-config'),
    original: 'value.parent?.offset',
    replacements: ['value.parent.offset'],
    because: 'The value of a member has a parent; the types of the parser do not say so.',
  },
  {
    file: bridge('rate-limit'),
    original: 'performance.now() + retryAfterMs > deadline',
    replacements: ['performance.now() + retryAfterMs >= deadline'],
    because: 'The clock has fractions of a microsecond.',
  },
  {
    file: bridge('rate-store'),
    original: 'error instanceof Error',
    replacements: ['false'],
    because: 'The limiter in memory throws nothing but its answer.',
  },
  {
    file: bridge('tool-pattern'),
    original: 'index < text.length',
    replacements: ['index <= text.length'],
    because: 'There is no character at the end, so nothing is added.',
  },
];
