import { jsonText } from '../../src/escape.ts';
import { schemaToTypes } from '../../src/schema-to-type.ts';
import { typeErrors } from '../workbench.ts';
import type { SuiteGroup } from './suite.ts';

/** What the types say of one instance. */
export interface Verdict {
  readonly group: SuiteGroup;
  readonly description: string;
  readonly data: unknown;
  readonly valid: boolean;
  /** By the type whose objects may have undeclared properties wherever their schema allows it. */
  readonly accepted: boolean;
  /** By the type as it stands in a wrapper. */
  readonly acceptedAsWritten: boolean;
}

const groupsPerFile = 100;

/** JSON as an expression on one line. `"__proto__": x` in a literal would set the prototype. */
function expression(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(expression).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return jsonText(value);
  const members = Object.entries(value).map(
    ([key, member]) =>
      `${key === '__proto__' ? '["__proto__"]' : jsonText(key)}: ${expression(member)}`,
  );
  return `{ ${members.join(', ')} }`;
}

/** Source of a file that checks `groups`, and for each of their instances the line it stands on. */
function source(groups: readonly SuiteGroup[], keepsOpen: boolean) {
  const taken = new Set<string>();
  const text: string[] = [];
  const lines: number[] = [];
  let line = 1;
  const put = (part: string) => {
    text.push(`${part}\n`);
    line += part.split('\n').length;
  };
  for (const [index, { schema, tests }] of groups.entries()) {
    const request = { name: `T${index}`, isParams: false, taken, maxLength: 200_000, keepsOpen };
    const types = schemaToTypes(schema, request);
    put(`${types.declarations}type Schema${index} = ${types.type};`);
    for (const [test, { data }] of tests.entries()) {
      lines.push(line);
      put(`export const value${index}_${test}: Schema${index} = ${expression(data)};`);
    }
  }
  return { text: text.join(''), lines };
}

/** Asks TypeScript about each instance of the suite, as a constant of the type of its schema. */
export function judge(groups: readonly SuiteGroup[]): Verdict[] {
  const files = new Map<string, string>();
  const places: { readonly name: string; readonly lines: readonly number[] }[] = [];
  for (let from = 0; from < groups.length; from += groupsPerFile) {
    for (const keepsOpen of [true, false]) {
      const name = `${keepsOpen ? 'open' : 'written'}${from}.ts`;
      const { text, lines } = source(groups.slice(from, from + groupsPerFile), keepsOpen);
      files.set(`/${name}`, text);
      places.push({ name, lines });
    }
  }
  const all = places.flatMap(({ name, lines }) => lines.map((line) => `${name}:${line}`));
  const instances = new Set(all);
  const refused = new Set<string>();
  for (const error of typeErrors(files).split('\n')) {
    if (error.trim() === '' || error.startsWith(' ')) continue;
    const [, file, line] = /([a-z]+\d+\.ts)\((\d+),/.exec(error) ?? [];
    if (!instances.has(`${file}:${line}`)) throw new Error(`A type is no TypeScript: ${error}`);
    refused.add(`${file}:${line}`);
  }
  const accepted = (open: boolean) =>
    all.filter((place) => place.startsWith('open') === open).map((place) => !refused.has(place));
  const [open, written] = [accepted(true), accepted(false)];
  const tests = groups.flatMap((group) => group.tests.map((test) => ({ group, ...test })));
  return tests.map(({ group, description, data, valid }, index) => ({
    group,
    description,
    data,
    valid,
    accepted: open[index] ?? false,
    acceptedAsWritten: written[index] ?? false,
  }));
}
