import { stripTypeScriptTypes } from 'node:module';
import type { JsonObject } from '@org/core';
import fc from 'fast-check';
import { schemaToTypes } from '../../packages/codegen/src/schema-to-type.ts';
import { parseInputSchema } from '../../packages/introspector/src/schema.ts';
import { asJson, must, type Target, target, unpolluted } from './target.ts';

const texts = [
  '*/',
  '/*',
  '`',
  `$${'{x}'}`,
  '"',
  "'",
  '\\',
  '\n',
  '\u2028',
  '//',
  '{',
  '};evil();',
  '</script>',
  '\u202e',
  'default',
  'constructor',
  'then',
  '#/$defs/a',
  '#',
  '^x',
  '(a+)+$',
];
const keywords = [
  'type',
  'properties',
  'enum',
  'const',
  'title',
  'description',
  'default',
  '$ref',
  '$defs',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'items',
  'prefixItems',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'required',
  'minItems',
  'maxItems',
  'deprecated',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'unevaluatedProperties',
  'contains',
  'examples',
  'format',
  '$id',
  '$anchor',
  '$schema',
  'minimum',
];
const kinds = ['object', 'array', 'string', 'number', 'integer', 'null', 'boolean'];

/** Values in the shape of a schema, with keywords where they belong and where they do not. */
const { schema } = fc.letrec((tie) => ({
  schema: fc.dictionary(
    fc.oneof(fc.constantFrom(...keywords), fc.constantFrom(...texts)),
    fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(...kinds, ...texts),
      fc.constantFrom(true, false, null, 0, 1, -1, 1e300, 0.1),
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.array(fc.constantFrom(...kinds, ...texts), { maxLength: 3 }),
      tie('schema'),
    ),
    { maxKeys: 6 },
  ),
}));

const seeds = [
  '{"type":"object","properties":{"a":{"type":"string","description":"x */ y"},"b":{"enum":["`",1,null]}},"required":["a"]}',
  '{"$ref":"#/$defs/a","$defs":{"a":{"type":["array","null"],"items":{"$ref":"#/$defs/a"},"title":"T"}}}',
  '{"allOf":[{"properties":{"x":{"const":"\\u2028"}}},{"not":{"required":["y"]}}],"additionalProperties":false}',
  '{"if":{"properties":{"k":{"const":1}}},"then":{"required":["v"]},"else":{"prefixItems":[{}],"contains":{}}}',
  '{"patternProperties":{"^x":{"type":"number"}},"propertyNames":{"enum":["x1","y"]},"dependentSchemas":{"x1":{"minProperties":2}}}',
];

/** What is left of a text when types and comments are taken out: none of it may run. */
function remainder(source: string): string {
  return stripTypeScriptTypes(source)
    .replaceAll(/\/\*.*?\*\//gsu, '')
    .replaceAll(/\s+/gu, '');
}

export const schemaTarget: Target = target(
  'the types of a schema are types, and nothing that runs',
  schema as fc.Arbitrary<JsonObject>,
  {
    seeds,
    words: [
      ...keywords.map((word) => `"${word}":`),
      ...[...kinds, ...texts].map((word) => JSON.stringify(word)),
      '[',
      '{',
      '}',
      ']',
      ',',
      'true',
    ],
    read: (bytes) => asJson(bytes) as JsonObject | undefined,
  },
  (raw) => {
    const parsed = parseInputSchema(raw);
    if ('refused' in parsed) return;
    for (const isParams of [true, false]) {
      const taken = new Set(['value']);
      const request = { name: 'Params', isParams, taken, maxLength: 20_000 };
      const { type, declarations } = schemaToTypes(parsed.value, request);
      must(remainder(`${declarations}\nlet value: ${type};`) === 'letvalue;', 'it has types alone');
    }
    unpolluted();
  },
);
