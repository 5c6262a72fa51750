import { isJsonObject, type JsonObject } from '@org/core';
import { visibleText } from './text.ts';

const maxTitleLength = 1_024;

/** A definition's own `key`: never one that it inherits. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Title and description, where they are texts: without invisible characters, and cut. */
export function wordsOf(raw: JsonObject): { title?: string; description?: string } {
  const title = own(raw, 'title');
  const description = own(raw, 'description');
  return {
    ...(typeof title === 'string' && { title: visibleText(title, maxTitleLength) }),
    ...(typeof description === 'string' && { description: visibleText(description) }),
  };
}

/** The name under which a definition that was refused is reported; undefined where it has none. */
export function claimedName(raw: unknown, key = 'name'): string | undefined {
  const name = isJsonObject(raw) ? own(raw, key) : undefined;
  return typeof name === 'string' ? name : undefined;
}
