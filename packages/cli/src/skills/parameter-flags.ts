import { isJsonObject, type JsonObject, type JsonValue, SandboxError } from '@org/core';
import { flagUsage, type SkillParameter, skillParameters } from '@org/skill-store';
import { plainLine } from '../plain-text.ts';

/** The words after a skill's name: those of its parameters, and the others. */
export interface SplitArgv {
  readonly own: readonly string[];
  readonly values: ReadonlyMap<string, JsonValue>;
}

function usage(message: string, skill: string): SandboxError {
  return new SandboxError('USAGE', message, { hint: `See mcp-cli skill run ${skill} --help.` });
}

/**
 * Takes the flags of a skill's parameters out of the command line: `--name value`, `--name=value`,
 * `--flag`, `--no-flag`; lists several times. Names of the command's own flags are the command's.
 * @throws SandboxError `USAGE`: a value that is missing or of another type
 */
export function splitArgv(
  argv: readonly string[],
  schema: JsonObject,
  { skill, reserved }: { readonly skill: string; readonly reserved: ReadonlySet<string> },
): SplitArgv {
  const known = new Map(
    skillParameters(schema)
      .filter(({ name }) => !reserved.has(name))
      .map((parameter) => [parameter.name, parameter]),
  );
  const own: string[] = [];
  const values = new Map<string, JsonValue>();
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    const [, name = '', , inline] = /^--([^=]+)(=([\s\S]*))?$/u.exec(word) ?? [];
    const negated = name.startsWith('no-') ? known.get(name.slice(3)) : undefined;
    const parameter = known.get(name) ?? (negated?.type === 'boolean' ? negated : undefined);
    if (parameter === undefined) {
      own.push(word);
      continue;
    }
    if (parameter.type === 'boolean' && inline === undefined) {
      values.set(parameter.name, parameter.name === name);
      continue;
    }
    const text = inline ?? argv[++index];
    if (text === undefined) throw usage(`--${name} needs a value: ${flagUsage(parameter)}.`, skill);
    const value = readValue(parameter, text, skill);
    const before = values.get(name);
    if (parameter.list) values.set(name, [...(Array.isArray(before) ? before : []), value]);
    else values.set(name, value);
  }
  return { own, values };
}

function readValue(parameter: SkillParameter, text: string, skill: string): JsonValue {
  const { name, type, choices } = parameter;
  const refuse = (wanted: string) =>
    usage(`--${name} does not take ${JSON.stringify(text)}: it takes ${wanted}.`, skill);
  switch (type) {
    case 'text':
      if (choices !== undefined && !choices.includes(text)) throw refuse(choices.join(', '));
      return text;
    case 'number':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw refuse('a number');
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw refuse('true or false');
      return text === 'true';
    case 'json':
      try {
        return JSON.parse(text) as JsonValue;
      } catch {
        throw refuse('JSON');
      }
  }
}

/**
 * The arguments of the program: `--args`, with the flags over it.
 * @throws SandboxError `USAGE`: a parameter that is missing or not known
 */
export function argumentsOf(
  schema: JsonObject,
  given: JsonValue | undefined,
  values: ReadonlyMap<string, JsonValue>,
  skill: string,
): JsonValue {
  if (given !== undefined && !isJsonObject(given)) {
    if (values.size > 0) throw usage('--args is no object, so that no flag can be added.', skill);
    return given;
  }
  const args = { ...given, ...Object.fromEntries(values) };
  const parameters = skillParameters(schema);
  const missing = parameters.filter(({ name, required }) => required && !Object.hasOwn(args, name));
  if (missing.length > 0) {
    throw usage(`Missing: ${missing.map(flagUsage).map(plainLine).join(', ')}.`, skill);
  }
  if (schema.additionalProperties === false) {
    const names = new Set(parameters.map(({ name }) => name));
    const unknown = Object.keys(args).find((name) => !names.has(name));
    if (unknown !== undefined)
      throw usage(`There is no parameter ${JSON.stringify(unknown)}.`, skill);
  }
  return args;
}

/** The parameters for `--help`, a line each. */
export function describeParameters(schema: JsonObject): string {
  const parameters = skillParameters(schema);
  if (parameters.length === 0) return '  none\n';
  const rows = parameters.map((parameter) => [
    plainLine(flagUsage(parameter)),
    plainLine(`${parameter.description ?? ''}${choicesOf(parameter)}`),
  ]);
  const width = Math.min(40, Math.max(...rows.map(([flag = '']) => flag.length)));
  return rows
    .map(([flag = '', text = '']) => `  ${flag.padEnd(width)}  ${text}`.trimEnd())
    .join('\n')
    .concat('\n');
}

function choicesOf({ choices, description }: SkillParameter): string {
  if (choices === undefined) return '';
  return `${description === undefined ? '' : ' '}(${choices.join(', ')})`;
}
