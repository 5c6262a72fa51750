import {
  exceededBound,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  valueBounds,
} from '@org/core';
import { damaged, type SkillFileName } from './skill-files.ts';

/**
 * A JSON file of a skill, of version 1.
 * @throws SandboxError `SKILL_DAMAGED`
 */
export function parseJsonFile(skill: string, name: SkillFileName, bytes: Uint8Array): JsonObject {
  const text = Buffer.from(bytes).toString('utf8');
  if (exceededBound(text, valueBounds) !== undefined) {
    throw damaged(skill, `${name} is nested too deep or has too many parts`);
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(skill, `${name} is not JSON`, cause);
  }
  if (!isJsonObject(value)) throw damaged(skill, `${name} is not an object`);
  if (value.version !== 1) throw damaged(skill, `${name} is not of version 1`);
  return value;
}

/** The file's bytes: indented, so that a change shows as lines. */
export function jsonFile(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify({ version: 1, ...value }, null, 2)}\n`);
}

export const isText = (value: unknown): value is string => typeof value === 'string';

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

/** An object whose own values are all texts. */
export const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isJsonObject(value) && Object.values(value).every(isText);
