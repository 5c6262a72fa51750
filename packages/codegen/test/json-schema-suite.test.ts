import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge } from './json-schema-suite/judge.ts';
import { suiteGroups } from './json-schema-suite/suite.ts';
import { schemaTypesPage, table } from './json-schema-suite/table.ts';

const verdicts = judge(suiteGroups());

test('a type accepts each instance that fits its schema', () => {
  const refused = verdicts.filter(({ valid, accepted }) => valid && !accepted);
  expect(
    refused.map(
      ({ group, description }) => `${group.keyword}: ${group.description}: ${description}`,
    ),
  ).toEqual([
    // To TypeScript every object has the methods of Object, `toString` among them.
    'properties: properties whose names are Javascript object property names: none of the properties mentioned',
    'properties: properties whose names are Javascript object property names: none of the properties mentioned',
  ]);
});

test('as written, a type refuses no more than that and undeclared properties', () => {
  const refused = verdicts.filter(
    ({ valid, accepted, acceptedAsWritten }) => valid && accepted && !acceptedAsWritten,
  );
  // The two texts differ in index signatures alone, so nothing else can be the reason.
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ data }) => !JSON.stringify(data).includes('{'))).toEqual([]);
});

test('docs/schema-types.md says what types accept although it does not fit the schema', () => {
  const rows = table(verdicts);
  expect(rows.filter(({ accepted, why }) => accepted > 0 !== (why !== undefined))).toEqual([]);
  const page = new URL('../../../docs/schema-types.md', import.meta.url);
  const text = schemaTypesPage(rows);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, text);
  expect(readFileSync(page, 'utf8'), 'run with UPDATE_DOCS=1 to write the page').toBe(text);
});
