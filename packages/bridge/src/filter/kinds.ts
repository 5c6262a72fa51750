/** What the built-in filter knows to find. */
export const contentKinds = [
  'email',
  'phone',
  'card',
  'iban',
  'national_id',
  'ip',
  'api_key',
] as const;

export type ContentKind = (typeof contentKinds)[number];

/** Kind of a token that stands for a text which only looked like a token. Always found. */
export const literalKind = 'literal';

/** What was found in a text: `kind` is a `ContentKind`, `literal`, or the name of an own pattern. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** Looks for one kind at one place: the end of what begins at `at`, or -1. Takes bounded time. */
export type Recogniser = (text: string, at: number) => number;
