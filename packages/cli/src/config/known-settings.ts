import type { CallPolicy } from '@org/bridge';
import { isJsonObject, type JsonValue } from '@org/core';
import type { ConfigPath } from './edit-config.ts';

const switches = ['true', 'false'];

/** The rules of a policy, and the words that each can be; none where it takes what a user thinks of. */
const rules: Readonly<Record<keyof CallPolicy, readonly string[]>> = {
  allow: [],
  ask: [],
  deny: [],
  default: ['allow', 'ask', 'deny'],
  trustAnnotations: switches,
  readOnly: [],
  idempotent: [],
  cacheable: [],
  cacheTtlMs: [],
  rates: [],
  rateWaitMs: [],
  resultCheck: ['off', 'warn', 'strict'],
  learn: switches,
  discover: [],
};

type Members = Readonly<Record<string, readonly string[]>>;

const ofEach: Members = {
  disabled: switches,
  fieldNames: ['camelCase'],
  'filter.outgoing': ['all'],
  'filter.restoreFor': [],
  'filter.patterns': [],
};
const ofProcesses: Members = { type: ['stdio'], command: [], args: [], env: [], cwd: [] };
const ofAddresses: Members = {
  type: ['http', 'streamable-http', 'sse'],
  url: [],
  headers: [],
  'oauth.clientId': [],
  'oauth.clientSecret': [],
  'oauth.callbackPort': [],
  'oauth.scope': [],
};

/** A place in a configuration where something can be set. */
export interface Setting {
  readonly at: ConfigPath;
  /** As `config set` takes them; none where any text, number or JSON can be the one. */
  readonly values: readonly string[];
}

/** Of the policy, and of each server that there is. @param serversKey as `EditedConfig` has it */
export function knownSettings(servers: JsonValue | undefined, serversKey: string): Setting[] {
  const under = (before: ConfigPath, members: Members) =>
    Object.entries(members).map(([name, values]) => ({
      at: [...before, ...name.split('.')],
      values,
    }));
  const entries = isJsonObject(servers) ? Object.entries(servers) : [];
  return [
    ...under(['policy'], rules),
    ...entries.flatMap(([name, entry]) => {
      const isAddress = isJsonObject(entry) && Object.hasOwn(entry, 'url');
      return under([serversKey, name], { ...(isAddress ? ofAddresses : ofProcesses), ...ofEach });
    }),
  ];
}
