/** What the guest has, what docs/guest.md says that it has, and what globals.d.ts declares: one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateGlobals } from '../../codegen/src/index.ts';
import { instead } from '../../core/src/index.ts';
import { sharedSandbox } from './workbench.ts';

const { value } = sharedSandbox();
const page = new URL('../../../docs/guest.md', import.meta.url);

interface Found {
  readonly type: string;
  /** Names of its own properties, symbols in brackets. */
  readonly own: readonly string[];
  /** Names of the properties of its prototype. */
  readonly members: readonly string[];
  /** Names of both, with those that they inherit. */
  readonly all: readonly string[];
}

const survey = `
const usual = ['length', 'name', 'prototype', 'constructor', 'arguments', 'caller'];
const names = (owner) => Reflect.ownKeys(owner)
  .map((key) => (typeof key === 'symbol' ? '[' + key.description + ']' : key))
  .filter((key) => !usual.includes(key));
const chain = (owner) => owner ? [...names(owner), ...chain(Object.getPrototypeOf(owner))] : [];
const found = {};
for (const name of Object.getOwnPropertyNames(globalThis)) {
  const value = globalThis[name];
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  const listed = isObject && value !== globalThis;
  found[name] = {
    type: typeof value,
    own: listed ? names(value) : [],
    members: typeof value === 'function' && value.prototype ? names(value.prototype) : [],
    all: listed ? [...chain(value), ...chain(value.prototype)] : [],
  };
}
const typedArray = Object.getPrototypeOf(Uint8Array);
found.TypedArray = { type: 'function', own: names(typedArray), members: names(typedArray.prototype), all: [] };
return found`;

/** Without symbols, and without what is of the first browsers and nobody should use. */
const isNoted = (name: string) =>
  !/^(?:__.*|\[.*|\$.*|.*_ERR|input|last(?:Match|Paren)|(?:left|right)Context|[gs]etYear|toGMTString)$/u.test(
    name,
  );

let guest: Readonly<Record<string, Found>>;
/** What all typed arrays inherit from, and which has no name of its own. */
let typedArray: Found;
beforeAll(async () => {
  const { TypedArray, ...globals } = (await value(survey)) as unknown as Record<string, Found>;
  guest = globals;
  typedArray = TypedArray as Found;
});

/** Where the globals that we add begin. */
const isOfTheLanguage = (name: string) =>
  Object.keys(guest).indexOf(name) <= Object.keys(guest).indexOf('AsyncDisposableStack');

const code = (names: readonly string[]) =>
  names
    .filter(isNoted)
    .toSorted()
    .map((name) => `\`${name}\``)
    .join(' ');

const row = (name: string, { own, members }: Found) =>
  `| \`${name}\` | ${code(own)} | ${code(members)} |`;

const table = (rows: readonly string[]) =>
  ['| global | its own | of what it makes |', '|---|---|---|', ...rows.toSorted()].join('\n');

function tables(): string {
  const rows = (language: boolean) =>
    Object.entries(guest)
      .filter(([name]) => name !== 'undefined' && isOfTheLanguage(name) === language)
      .map(([name, found]) => row(name, found));
  const absent = Object.entries(instead).map(([name, text]) => `| \`${name}\` | ${text} |`);
  return `
## The language

${table([...rows(true), row('TypedArray', typedArray)])}

\`TypedArray\` is no global: it is what \`Uint8Array\` and its like inherit from.

## Beyond the language

${table(rows(false))}

## What is not there

A program that ends with a \`ReferenceError\` of one of these names is told what to use instead.

| | |
|---|---|
${absent.join('\n')}

TypeScript's own library (\`esnext\`) declares these, and they are not there either:
${code(absentOfLibrary()).replaceAll(' ', ', ')}.
`;
}

/** A node of a syntax tree (ESTree), as far as it is read here. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly static?: boolean;
  readonly id?: Node;
  readonly key?: Node;
  readonly declarations?: readonly { readonly id: Node }[];
  readonly body?: { readonly body: readonly Node[] };
  readonly members?: readonly Node[];
  readonly typeAnnotation?: Node;
}
const keyName = ({ key }: Node): string => key?.name ?? '';

interface Declared {
  readonly values: Map<string, Node>;
  readonly interfaces: Map<string, Set<string>>;
}

/** The names that declaration files declare. */
function declared(files: readonly (readonly [name: string, text: string])[]): Declared {
  const values = new Map<string, Node>();
  const interfaces = new Map<string, Set<string>>();
  for (const [file, text] of files) {
    const { program, errors } = parseSync(file, text, { lang: 'dts' });
    expect(errors).toEqual([]);
    for (const statement of program.body as unknown as Node[]) {
      const name = statement.id?.name ?? '';
      if (statement.type === 'VariableDeclaration') {
        for (const { id } of statement.declarations ?? []) values.set(id.name ?? '', id);
      } else if (/Function|ClassDeclaration|TSModule/u.test(statement.type)) {
        values.set(name, statement);
      } else if (statement.type === 'TSInterfaceDeclaration') {
        const all = interfaces.get(name) ?? new Set();
        for (const member of statement.body?.body ?? []) all.add(keyName(member));
        all.delete('');
        interfaces.set(name, all);
      }
    }
  }
  return { values, interfaces };
}

function inFolder<Result>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), 'guest-page-'));
  const tsconfig = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      lib: ['esnext'],
      types: [],
      target: 'esnext',
      module: 'nodenext',
    },
  };
  try {
    const all = {
      ...files,
      'globals.d.ts': generateGlobals(),
      'tsconfig.json': JSON.stringify(tsconfig),
    };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What TypeScript's library has and the guest lacks. */
function absentOfLibrary(): string[] {
  const paths = inFolder({}, (folder) =>
    execFileSync('tsc', ['-p', folder, '--listFiles'], { encoding: 'utf8' }),
  );
  const files = paths
    .split('\n')
    .filter((path) => /[\\/]lib\.[\w.]+\.d\.ts$/u.test(path))
    .map((path): [string, string] => [path, readFileSync(path, 'utf8')]);
  expect(files.length).toBeGreaterThan(50);
  const { values, interfaces } = declared(files);
  const absent = [...values.keys()].flatMap((name) => {
    const found = guest[name];
    if (found === undefined) return [name];
    const lacking = (declaredIn: string) =>
      [...(interfaces.get(declaredIn) ?? [])].filter(
        (member) => !found.all.includes(member) && isNoted(member) && !ofInstances.has(member),
      );
    return [
      ...lacking(name).map((member) => `${name}.prototype.${member}`),
      ...lacking(`${name}Constructor`).map((member) => `${name}.${member}`),
    ];
  });
  return absent.filter((name) => name !== 'global').toSorted();
}

/** Properties that each function, array or error has for itself, and methods of any iterator. */
const ofInstances = new Set(
  'length name prototype constructor arguments caller lastIndex cause errors error suppressed next return throw'.split(
    ' ',
  ),
);

describe('docs/guest.md', () => {
  const [begin, end] = ['<!-- written by a test: begin -->\n', '<!-- written by a test: end -->'];

  test('lists what is there', () => {
    const text = readFileSync(page, 'utf8');
    const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
    const expected = `${text.slice(0, from)}${tables()}\n${text.slice(to)}`;
    const { UPDATE_DOCS } = process.env;
    if (UPDATE_DOCS === '1') writeFileSync(page, expected);
    else expect(text, 'run with UPDATE_DOCS=1 to write the page').toBe(expected);
  });
});

describe('globals.d.ts', () => {
  test('declares all that is there and that TypeScript’s library does not', () => {
    const access = (member: string) =>
      /^[\w$]+$/u.test(member) ? `.${member}` : `[${JSON.stringify(member)}]`;
    const lines = Object.entries(guest).flatMap(([name, { own, members }]) => [
      ...(name === 'fetch' ? [] : [`void ${name};`]),
      ...own.filter(isNoted).map((member) => `void ${name}${access(member)};`),
      ...members.filter(isNoted).map((member) => `void ${name}.prototype${access(member)};`),
    ]);
    expect(lines.length).toBeGreaterThan(600);
    const { stdout } = inFolder({ 'program.ts': `${lines.join('\n')}\nexport {};` }, (folder) =>
      spawnSync('tsc', ['-p', folder], { encoding: 'utf8' }),
    );
    const undeclared = [...stdout.matchAll(/program\.ts\((\d+),/gu)].map(
      ([, line]) => lines[Number(line) - 1],
    );
    expect(undeclared).toEqual([]);
  });

  test('declares nothing that is not there', () => {
    const { values, interfaces } = declared([['globals.d.ts', generateGlobals()]]);
    expect(values.size).toBeGreaterThan(30);
    for (const [name, node] of values) {
      expect(guest, name).toHaveProperty(name);
      const { own, members } = guest[name] as Found;
      for (const member of node.body?.body ?? []) {
        const key = keyName(member);
        if (key === 'constructor' || key === '') continue;
        expect(member.static === true ? own : members, `${name}.${key}`).toContain(key);
      }
      const literal = node.typeAnnotation?.typeAnnotation;
      for (const member of literal?.members ?? []) expect(own, name).toContain(keyName(member));
    }
    for (const [name, members] of interfaces) {
      const owner = guest[name.replace(/Constructor$/u, '')];
      if (owner === undefined) continue;
      for (const member of members) expect(owner.own, name).toContain(member);
    }
  });
});
