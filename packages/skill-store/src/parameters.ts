import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';

/** One parameter of a skill, as a flag of the command line. */
export interface SkillParameter {
  readonly name: string;
  /** Of what `text` is read as; `json` for all that is neither of the others. */
  readonly type: 'text' | 'number' | 'boolean' | 'json';
  /** May be given several times. */
  readonly list: boolean;
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly description?: string;
}

/** The properties of a JSON Schema as flags; none where it is not an object schema. */
export function skillParameters(schema: JsonObject): SkillParameter[] {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return [];
  const needed = Array.isArray(required) ? required : [];
  const all = Object.entries(properties).map(([name, property]) => ({
    ...parameterOf(name, property),
    required: needed.includes(name),
  }));
  return all.sort((a, b) => Number(b.required) - Number(a.required));
}

function parameterOf(name: string, property: JsonValue): Omit<SkillParameter, 'required'> {
  if (!isJsonObject(property)) return { name, type: 'json', list: false };
  const list = property.type === 'array' && isJsonObject(property.items);
  const value = list && isJsonObject(property.items) ? property.items : property;
  const type = typeOf(value);
  // Of a list of values that are JSON themselves, the list is.
  const listed = list && type !== 'json' && type !== 'boolean';
  const choices = type === 'text' && Array.isArray(value.enum) ? value.enum.map(String) : undefined;
  const { description } = property;
  return {
    name,
    type: list && !listed ? 'json' : type,
    list: listed,
    ...(choices && { choices }),
    ...(typeof description === 'string' && { description }),
  };
}

function typeOf({ type, enum: choices }: JsonObject): SkillParameter['type'] {
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  const texts = Array.isArray(choices) && choices.every((choice) => typeof choice === 'string');
  return type === undefined && texts ? 'text' : 'json';
}

/** How a flag is written: `--depth <number>`, in brackets where it can be left out. */
export function flagUsage({ name, type, required, choices, list }: SkillParameter): string {
  const few = choices !== undefined && choices.join('|').length <= 30;
  const value = type === 'boolean' ? '' : ` <${few ? choices.join('|') : type}>`;
  const flag = `--${name}${value}${list ? '…' : ''}`;
  return required ? flag : `[${flag}]`;
}
