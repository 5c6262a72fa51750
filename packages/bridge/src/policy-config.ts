import { getNodeValue, type Node } from 'jsonc-parser';
import type { ConfigText } from './config-text.ts';
import type { LearnRules } from './observed-calls.ts';
import type { PolicyRules } from './policy.ts';
import type { RateRule, RateRules } from './rate-limit.ts';
import type { CacheRules } from './result-cache.ts';
import type { ResultRules } from './result-check.ts';
import { objectOf } from './server-entry.ts';
import type { TrustRules } from './tool-traits.ts';

/** What the operator says about calls: the `policy` of a configuration file. */
export interface CallPolicy
  extends PolicyRules,
    TrustRules,
    CacheRules,
    RateRules,
    ResultRules,
    LearnRules {}

type Reader = (source: ConfigText, node: Node, name: string) => unknown;

const patterns: Reader = (source, node, name) => {
  const items = node.type === 'array' ? (node.children ?? []) : [node];
  for (const item of items) {
    if (item.type !== 'string')
      throw source.invalid(item.offset, `a list of patterns for "${name}"`);
  }
  return items.map((item) => String(item.value));
};

const allOrPatterns: Reader = (source, node, name) =>
  node.type === 'boolean' ? node.value : patterns(source, node, name);

const oneOf =
  (...words: readonly string[]): Reader =>
  (source, node, name) => {
    if (words.includes(node.value)) return node.value;
    const list = words.map((word) => JSON.stringify(word)).join(', ');
    throw source.invalid(node.offset, `one of ${list} for "${name}"`);
  };

const number: Reader = (source, node, name) => {
  if (node.type !== 'number') throw source.invalid(node.offset, `a number for "${name}"`);
  return node.value;
};

const rateReaders = {
  tools: (source, node, name) => {
    if (node.type !== 'string') throw source.invalid(node.offset, `a pattern for "${name}"`);
    return node.value;
  },
  calls: number,
  intervalMs: number,
  share: oneOf('tool', 'server'),
} satisfies Record<keyof RateRule, Reader>;

const rates: Reader = (source, node, name) => {
  if (node.type !== 'array') throw source.invalid(node.offset, `a list of rates for "${name}"`);
  return (node.children ?? []).map((item) => {
    const rate = readMembers(source, item, rateReaders, 'a rate');
    for (const needed of ['tools', 'calls', 'intervalMs']) {
      if (!Object.hasOwn(rate, needed)) throw source.invalid(item.offset, `"${needed}" in a rate`);
    }
    return rate;
  });
};

const samples: Reader = (source, node, name) => {
  const members = objectOf(source, node, `an object of tools for "${name}"`);
  const lists = [...members].map(([tool, list]) => {
    const items = list.type === 'array' ? (list.children ?? []) : [list];
    for (const item of items) {
      if (item.type !== 'object') {
        throw source.invalid(item.offset, `a list of parameters, each an object, for "${tool}"`);
      }
    }
    return [tool, items.map((item) => getNodeValue(item))] as const;
  });
  return new Map(lists);
};

const readers: Readonly<Record<keyof CallPolicy, Reader>> = {
  allow: patterns,
  ask: patterns,
  deny: patterns,
  default: oneOf('allow', 'ask', 'deny'),
  trustAnnotations: allOrPatterns,
  readOnly: patterns,
  idempotent: patterns,
  cacheable: patterns,
  cacheTtlMs: number,
  rates,
  rateWaitMs: number,
  resultCheck: oneOf('off', 'warn', 'strict'),
  learn: allOrPatterns,
  discover: samples,
};

/**
 * Types and names only; what a pattern or a number means is judged where it takes effect.
 * @throws SandboxError `CONFIG_INVALID`, also for a name that is not known: a misspelt rule would
 * silently protect nothing
 */
export function parseCallPolicy(source: ConfigText, node: Node | undefined): CallPolicy {
  return node === undefined ? {} : readMembers(source, node, readers, '"policy"');
}

function readMembers(
  source: ConfigText,
  node: Node,
  known: Readonly<Record<string, Reader>>,
  what: string,
): Record<string, unknown> {
  const members = objectOf(source, node, `an object for ${what}`);
  const values: [string, unknown][] = [];
  for (const [name, value] of members) {
    const reader = Object.hasOwn(known, name) ? known[name] : undefined;
    if (reader === undefined) {
      const names = Object.keys(known).join(', ');
      throw source.invalid(value.parent?.offset ?? value.offset, `one of ${names} in ${what}`);
    }
    values.push([name, reader(source, value, name)]);
  }
  return Object.fromEntries(values);
}
