import type { Verdict } from './judge.ts';

export interface Row {
  readonly keyword: string;
  /** How many instances fit the schema, and how many of them the type as written accepts. */
  readonly valid: number;
  readonly validAccepted: number;
  /** How many do not fit, and how many of them the type as written accepts all the same. */
  readonly invalid: number;
  readonly accepted: number;
  readonly why?: string;
}

const range = 'a number of a range or a multiple; in the comment of a parameter';
const length = 'how long a text is; in the comment of a parameter';
const count =
  'how many; in the comment of a parameter. As a type it would refuse computed arrays and objects';
const contained = 'what one of the items is';
const expression = 'what a regular expression matches; in the comment of a parameter';
const remote = 'what is referred to is elsewhere, and nothing is fetched';
const parts = 'ranges and lengths, in the parts that the tests combine';
const alone = 'that exactly one of the alternatives fits';
const condition = 'a condition that is no type, such as a range';
const evaluated = 'which properties or items other keywords have evaluated';

/** What TypeScript cannot say, by the file of the suite. */
const reasons: Readonly<Record<string, string>> = {
  additionalProperties: `${evaluated}; types of other properties that differ from the declared`,
  allOf: parts,
  anyOf: parts,
  contains: contained,
  default: range,
  definitions: remote,
  defs: remote,
  dependencies: 'properties that two schemas together forbid',
  dependentSchemas: 'properties that two schemas together forbid',
  dynamicRef: 'which of several anchors a dynamic reference means: it is one of them',
  exclusiveMaximum: range,
  exclusiveMinimum: range,
  'if-then-else': condition,
  items: range,
  maxContains: contained,
  maxItems: count,
  maxLength: length,
  maxProperties: count,
  maximum: range,
  minContains: contained,
  minItems: count,
  minLength: length,
  minProperties: count,
  minimum: range,
  multipleOf: range,
  not: 'a type without some strings, numbers or objects',
  oneOf: alone,
  'optional/bignum': range,
  'optional/content': 'what is encoded in a text; in the comment of a parameter',
  'optional/cross-draft': remote,
  'optional/dynamicRef': 'which of several anchors a dynamic reference means: it is one of them',
  'optional/ecmascript-regex': expression,
  'optional/no-schema': length,
  'optional/non-bmp-regex': expression,
  'optional/unknownKeyword': range,
  pattern: expression,
  patternProperties: 'keys that match more than a beginning, an end or a part in plain characters',
  properties: 'lengths, and keys that match a regular expression',
  propertyNames: 'keys by length or by a regular expression',
  ref: `ranges, and the metaschema: ${remote}`,
  refRemote: remote,
  required: 'an object without a property that every JavaScript object has (`toString`)',
  type: 'an integer among numbers; in the comment of a parameter',
  unevaluatedItems: evaluated,
  unevaluatedProperties: evaluated,
  uniqueItems: 'items that differ; in the comment of a parameter',
};

export function table(verdicts: readonly Verdict[]): Row[] {
  const keywords = [...new Set(verdicts.map(({ group }) => group.keyword))].sort();
  return keywords.map((keyword) => {
    const of = verdicts.filter(({ group }) => group.keyword === keyword);
    const valid = of.filter((one) => one.valid);
    const invalid = of.filter((one) => !one.valid);
    const why = reasons[keyword];
    return {
      keyword,
      valid: valid.length,
      validAccepted: valid.filter((one) => one.acceptedAsWritten).length,
      invalid: invalid.length,
      accepted: invalid.filter((one) => one.acceptedAsWritten).length,
      ...(why !== undefined && { why }),
    };
  });
}

function sum(rows: readonly Row[], count: (row: Row) => number): number {
  return rows.reduce((total, row) => total + count(row), 0);
}

export function schemaTypesPage(rows: readonly Row[]): string {
  const [valid, invalid] = [sum(rows, (row) => row.valid), sum(rows, (row) => row.invalid)];
  const undeclared = valid - sum(rows, (row) => row.validAccepted) - narrower;
  const accepted = sum(rows, (row) => row.accepted);
  const lines = rows.map(
    ({ keyword, why = '', ...row }) =>
      `| ${keyword} | ${row.validAccepted} of ${row.valid} | ${row.invalid - row.accepted} of ${row.invalid} | ${why} |`,
  );
  return `# What the types of a schema say

The wrappers in \`/mcp-tools/servers\` have TypeScript types for the JSON Schemas of their servers
(2020-12 and draft 7). A type may be wider than its schema, and it is never narrower, with two
exceptions:

- **Undeclared properties.** A schema without \`additionalProperties\` allows any; its type does not,
  so a misspelled parameter is an error, and so is reading a property that no result declares.
  \`additionalProperties: true\` or a schema there becomes an index signature; a value that has more
  properties than its type still passes as a variable. An object that declares no properties at all
  is a map. Where a schema says more than its type (a reference that leads outside, a condition that
  is no type), its objects may have any properties.
- **Properties that every JavaScript object has.** To TypeScript \`{}\` has a \`toString\`, so it does
  not fit a schema that makes another type of it.

A length of an array (\`minItems\`, \`maxItems\`) is in its type for a tuple only. \`string[]\` is what a
program computes, and it would not fit \`[string, ...string[]]\`.

\`packages/codegen/test/json-schema-suite.test.ts\` gives all of the JSON-Schema-Test-Suite but the
tests of \`format\` to TypeScript: ${valid + invalid} instances, each a constant of the type of its schema.
Of ${valid} that fit, ${undeclared} are refused because of undeclared properties, ${narrower} because of
\`toString\`, none for another reason. Of ${invalid} that do not fit, ${invalid - accepted} are refused and
${accepted} are not, because TypeScript cannot say what they lack. The bridge holds parameters
and results to their schemas when a program runs.

| file of the suite | fits: accepted | does not fit: refused | what a type cannot say |
| --- | --- | --- | --- |
${lines.join('\n')}

With \`UPDATE_DOCS=1\` that test writes this page.
`;
}

/** Instances that a type refuses because of `toString`. */
const narrower = 2;
