import { isJsonObject, type JsonObject } from '@org/core';
import { saysDeprecated } from './deprecated.ts';
import { commentText, jsonText } from './escape.ts';
import { keyword } from './schema-reference.ts';
import { repeatsName, shortened } from './shortened.ts';

/** How much of a schema's texts a comment has. */
export interface DocStyle {
  /** Of a description, in characters. */
  readonly textLength: number;
  /** Whether range, default and examples are told. */
  readonly facts: boolean;
}

/** As wrappers have it; `searchTools` shows the whole of what is cut. */
export const shortDocs = {
  params: { textLength: 90, facts: true },
  result: { textLength: 50, facts: false },
} satisfies Record<string, DocStyle>;

export const wholeDocs: DocStyle = { textLength: 8_000, facts: true };

const maxValueLength = 60;
const maxExamples = 2;

/** A schema's own numbers that only say what fits into a JavaScript number. */
const safeInteger = 9_007_199_254_740_991;

type Words = (value: string) => string;
const constraints: readonly (readonly [keyword: string, words: Words])[] = [
  ['contentMediaType', (value) => value],
  ['contentEncoding', (value) => value],
  ['multipleOf', (value) => `multiple of ${value}`],
  ['uniqueItems', () => 'no two alike'],
];
const rangeWords: readonly (readonly [least: string, most: string, words: Words])[] = [
  ['minimum', 'maximum', (value) => value],
  ['exclusiveMinimum', 'exclusiveMaximum', (value) => value],
  ['minLength', 'maxLength', (value) => `length ${value}`],
  ['minItems', 'maxItems', (value) => `items ${value}`],
  ['minProperties', 'maxProperties', (value) => `keys ${value}`],
];

/** Arrays and objects below this level are shown as `…`. */
const maxValueDepth = 4;

function shallow(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxValueDepth) return '…';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => shallow(item, depth + 1));
  const entries = Object.entries(value).slice(0, 50);
  return Object.fromEntries(entries.map(([key, item]) => [key, shallow(item, depth + 1)]));
}

/** A value of the schema's as JSON, made ready for a comment. */
function valueText(value: unknown): string {
  const plain = typeof value === 'number' || typeof value === 'boolean' || value === null;
  return plain ? String(value) : commentText(jsonText(shallow(value)), maxValueLength).join(' ');
}

function bound(schema: JsonObject, name: string): number | undefined {
  const value = keyword(schema, name);
  if (typeof value !== 'number' || Math.abs(value) >= safeInteger) return undefined;
  return name === 'minLength' && value <= 1 ? undefined : value;
}

function rangeFacts(schema: JsonObject): string[] {
  return rangeWords.flatMap(([leastName, mostName, words]) => {
    const [least, most] = [bound(schema, leastName), bound(schema, mostName)];
    const exclusive = leastName.startsWith('exclusive');
    if (least !== undefined && most !== undefined && !exclusive) {
      return [words(least === most ? `${least}` : `${least}–${most}`)];
    }
    return [
      ...(least === undefined ? [] : [words(`${exclusive ? '>' : '≥'} ${least}`)]),
      ...(most === undefined ? [] : [words(`${exclusive ? '<' : '≤'} ${most}`)]),
    ];
  });
}

function facts(schema: JsonObject, description: string): string[] {
  const found: string[] = [];
  const pattern = keyword(schema, 'pattern');
  // Generators write a pattern beside a format, and it says the same.
  if (typeof pattern === 'string' && keyword(schema, 'format') === undefined) {
    found.push(`matches ${commentText(pattern, maxValueLength).join(' ')}`);
  }
  for (const [name, words] of constraints) {
    const value = keyword(schema, name);
    if ((typeof value === 'string' && value !== '') || typeof value === 'number' || value === true)
      found.push(words(typeof value === 'string' ? textOf(value) : String(value)));
  }
  const ranges = rangeFacts(schema);
  if (ranges.length === 0 && keyword(schema, 'type') === 'integer') found.push('integer');
  found.push(...ranges);
  const defaultValue = keyword(schema, 'default');
  if (!isExpected(defaultValue, description)) found.push(`default ${valueText(defaultValue)}`);
  const examples = keyword(schema, 'examples');
  if (Array.isArray(examples) && examples.length > 0) {
    found.push(`e.g. ${examples.slice(0, maxExamples).map(valueText).join(', ')}`);
  }
  return found;
}

function textOf(value: string): string {
  return commentText(value, maxValueLength).join(' ');
}

/** Nobody takes a parameter that is left out for anything else, or the description says it. */
function isExpected(defaultValue: unknown, description: string): boolean {
  const isEmpty = Array.isArray(defaultValue) && defaultValue.length === 0;
  if (defaultValue === undefined || defaultValue === null || defaultValue === false) return true;
  if (isEmpty || defaultValue === '') return true;
  return /default/i.test(description) && description.includes(String(defaultValue));
}

/**
 * What a type cannot say about a value, on one line: its description and format, range, default and
 * examples where the style has them, and that it is deprecated. Empty for nothing.
 * @param name of the property: a description that only repeats it is left out
 */
export function schemaDoc(schema: unknown, style: DocStyle, name = ''): string {
  if (!isJsonObject(schema)) return '';
  const written = keyword(schema, 'description') ?? keyword(schema, 'title');
  const description = typeof written === 'string' && !repeatsName(written, name) ? written : '';
  const { textLength } = style;
  const words = commentText(shortened(description, textLength), textLength + 10).join(' ');
  const sentences = [words.replace(/ {2,}/g, ' ').trim()];
  const format = keyword(schema, 'format');
  const found = [
    ...(typeof format === 'string' && format !== '' ? [textOf(format)] : []),
    ...(style.facts ? facts(schema, description) : []),
  ].join(', ');
  if (found !== '' && /[\p{L}\p{N})]$/u.test(sentences[0] ?? '')) sentences[0] += '.';
  if (found !== '') sentences.push(`${found.charAt(0).toUpperCase()}${found.slice(1)}.`);
  // A tag must stand at the beginning of the line.
  const isDeprecated = keyword(schema, 'deprecated') === true || saysDeprecated(description);
  if (isDeprecated) sentences.unshift('@deprecated');
  // Without the last period, which would cost a reader a token for each property.
  return sentences
    .filter((sentence) => sentence !== '')
    .join(' ')
    .replace(/(?<=[^.])\.$/, '');
}
