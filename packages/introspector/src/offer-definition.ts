import {
  isJsonObject,
  type JsonObject,
  type PromptDefinition,
  type ResourceDefinition,
  type ResourceTemplateDefinition,
} from '@org/core';
import { own, wordsOf } from './definition.ts';
import type { Parsed } from './schema.ts';
import { printableName } from './text.ts';

/** Of a URI or a template; they are passed back to the server, so they are never cut. */
const maxUriLength = 2_048;
const maxArguments = 100;
const maxNameLength = 128;

/** What a reader cannot see, as in names of tools: it could pass for another text. */
const invisible = /[\p{C}\p{DI}\u2028\u2029]/u;

function parseKey(raw: JsonObject, key: string, maxLength: number): Parsed<string> {
  const text = own(raw, key);
  if (text === undefined) return { refused: `It has no ${key}.` };
  if (typeof text !== 'string') return { refused: `Its ${key} is not a text.` };
  if (text === '') return { refused: `Its ${key} is empty.` };
  if (text.length > maxLength) return { refused: `Its ${key} has over ${maxLength} characters.` };
  if (invisible.test(text)) return { refused: `Its ${key} has invisible characters.` };
  return { value: text };
}

/** What resources and templates share; a name that is missing is the key. */
function described(raw: JsonObject, key: string) {
  const name = own(raw, 'name');
  const mimeType = own(raw, 'mimeType');
  return {
    name: printableName(typeof name === 'string' ? name : key),
    ...wordsOf(raw),
    ...(typeof mimeType === 'string' && { mimeType: printableName(mimeType) }),
  };
}

/** One entry of `resources/list`: own keys only, nothing in it believed. */
export function parseResource(raw: unknown): Parsed<ResourceDefinition> {
  if (!isJsonObject(raw)) return { refused: 'It is not an object.' };
  const uri = parseKey(raw, 'uri', maxUriLength);
  if ('refused' in uri) return uri;
  const size = own(raw, 'size');
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return { value: { uri: uri.value, ...described(raw, uri.value), ...(isSize && { size }) } };
}

/** One entry of `resources/templates/list`. */
export function parseResourceTemplate(raw: unknown): Parsed<ResourceTemplateDefinition> {
  if (!isJsonObject(raw)) return { refused: 'It is not an object.' };
  const template = parseKey(raw, 'uriTemplate', maxUriLength);
  if ('refused' in template) return template;
  return { value: { uriTemplate: template.value, ...described(raw, template.value) } };
}

/** One entry of `prompts/list`. */
export function parsePrompt(raw: unknown): Parsed<PromptDefinition> {
  if (!isJsonObject(raw)) return { refused: 'It is not an object.' };
  const name = parseKey(raw, 'name', maxNameLength);
  if ('refused' in name) return name;
  const list = own(raw, 'arguments') ?? [];
  if (!Array.isArray(list)) return { refused: 'Its arguments are not a list.' };
  if (list.length > maxArguments) return { refused: `It has over ${maxArguments} arguments.` };
  const parsed: PromptDefinition['arguments'][number][] = [];
  for (const entry of list as readonly unknown[]) {
    if (!isJsonObject(entry)) return { refused: 'One of its arguments is not an object.' };
    const argument = parseKey(entry, 'name', maxNameLength);
    if ('refused' in argument) return { refused: `One of its arguments: ${argument.refused}` };
    const { description } = wordsOf(entry);
    parsed.push({
      name: argument.value,
      ...(description !== undefined && { description }),
      required: own(entry, 'required') === true,
    });
  }
  return { value: { name: name.value, ...wordsOf(raw), arguments: parsed } };
}
