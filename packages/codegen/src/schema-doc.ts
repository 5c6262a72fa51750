import { isJsonObject, type JsonObject } from '@org/core';
import { commentText, jsonText } from './escape.ts';
import { keyword } from './schema-reference.ts';

const maxDescriptionLength = 4_000;
const maxValueLength = 200;

const constraints: readonly (readonly [keyword: string, words: string])[] = [
  ['format', 'Format'],
  ['contentMediaType', 'Media type'],
  ['minimum', 'Minimum'],
  ['exclusiveMinimum', 'Greater than'],
  ['maximum', 'Maximum'],
  ['exclusiveMaximum', 'Less than'],
  ['multipleOf', 'Multiple of'],
  ['minLength', 'Minimum length'],
  ['maxLength', 'Maximum length'],
  ['pattern', 'Pattern'],
  ['minItems', 'Minimum items'],
  ['maxItems', 'Maximum items'],
  ['uniqueItems', 'Unique items'],
  ['minProperties', 'Minimum properties'],
  ['maxProperties', 'Maximum properties'],
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

function valueText(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value)
    ? commentText(value, maxValueLength).join(' ')
    : commentText(jsonText(shallow(value)), maxValueLength).join(' ');
}

/** What a type cannot say about a value: description, constraints, default. Lines of a comment. */
export function schemaDoc(schema: unknown): string[] {
  if (!isJsonObject(schema)) return [];
  const lines = text(schema, 'description') ?? text(schema, 'title') ?? [];
  const facts: string[] = [];
  for (const [name, words] of constraints) {
    const value = keyword(schema, name);
    if (
      (typeof value === 'string' && value !== '') ||
      typeof value === 'number' ||
      value === true
    ) {
      facts.push(value === true ? `${words}.` : `${words}: ${valueText(value)}.`);
    }
  }
  if (facts.length > 0) lines.push(facts.join(' '));
  const defaultValue = keyword(schema, 'default');
  if (defaultValue !== undefined) {
    lines.push(
      `@default ${commentText(jsonText(shallow(defaultValue)), maxValueLength).join(' ')}`,
    );
  }
  if (keyword(schema, 'deprecated') === true) lines.push('@deprecated');
  return lines;
}

function text(schema: JsonObject, name: string): string[] | undefined {
  const value = keyword(schema, name);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return commentText(value, maxDescriptionLength);
}
