import { counted, isJsonObject, type JsonValue } from '@org/core';
import { configKeyOf, parseConfigKey } from '../config/config-keys.ts';
import { type ConfigPath, EditedConfig } from '../config/edit-config.ts';
import { knownSettings } from '../config/known-settings.ts';
import { maskedValue } from '../config/mask.ts';
import { configFileOf } from './config-file.ts';
import { givenWords, unquoted } from './given-flag.ts';
import type { Candidate } from './words.ts';

const mostKeys = 1_000;
const deepest = 8;

/**
 * Keys for `config get` and `config set`: those that the file has, and of `set` those that it can have.
 * After the key of `set`, the values that it can have.
 * @param before the words of the command line before it, as they are typed
 */
export async function settings(before: readonly string[]): Promise<readonly Candidate[]> {
  const [, command, key, ...more] = givenWords(before, '--config', '-c');
  if (more.length > 0 || (command === 'get' && key !== undefined)) return [];
  const config = await EditedConfig.open(configFileOf(before));
  const known = knownSettings(config.get([config.serversKey]), config.serversKey);
  if (key !== undefined) {
    // A shell may have taken the quotes away already, and a key can have some of its own.
    const keys = [unquoted(key), key].map(normalKey);
    const setting = known.find(({ at }) => keys.includes(configKeyOf(at)));
    return (setting?.values ?? []).map((value) => ({ value, about: '' }));
  }
  const found = new Map<string, string>();
  addMembers(found, config.get([]), []);
  if (command === 'set') {
    for (const { at, values } of known) {
      const name = configKeyOf(at);
      const choice = values.length === 0 ? '' : ` (${values.join(', ')})`;
      if (!found.has(name)) found.set(name, `not set${choice}`);
    }
  }
  return [...found].map(([value, about]) => ({ value, about }));
}

/** The members of `value` and of what is in it, with what they are. Texts that may be secrets are masked. */
function addMembers(
  found: Map<string, string>,
  value: JsonValue | undefined,
  before: ConfigPath,
): void {
  if (!isJsonObject(value) || before.length >= deepest) return;
  for (const [name, member] of Object.entries(value)) {
    if (found.size >= mostKeys) return;
    const at = [...before, name];
    found.set(configKeyOf(at), aboutValue(member, at));
    addMembers(found, member, at);
  }
}

function aboutValue(value: JsonValue, at: ConfigPath): string {
  if (Array.isArray(value)) return counted(value.length, 'item');
  if (isJsonObject(value)) return counted(Object.keys(value).length, 'member');
  return JSON.stringify(maskedValue(value, at));
}

function normalKey(text: string): string | undefined {
  try {
    return configKeyOf(parseConfigKey(text));
  } catch {
    return undefined;
  }
}
