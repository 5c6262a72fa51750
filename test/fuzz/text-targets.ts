import { parseToolPattern } from '@org/bridge';
import { canonicalJson, parseVfsPath, type ServerId } from '@org/core';
import fc from 'fast-check';
import { checkServerConfig } from '../../packages/bridge/src/server-config.ts';
import { mutations } from './mutations.ts';
import {
  asBytes,
  asJson,
  asText,
  must,
  onlyRefuses,
  type Target,
  target,
  unpolluted,
} from './target.ts';

const config = Buffer.from(
  `{"mcpServers": {"a": {"command": "x", "args": ["\${A:-b}"], "env": {"K": "v"}}, "b": {"url": "http://b"}}, "policy": {"deny": ["a.*"], "rates": {}}}`,
);
const servers = ['github', 'a.b'] as ServerId[];
const json = fc.jsonValue({ maxDepth: 4 });
const parts = ['..', '.', '', 'a', '%2e', '\\', '\u0000', '\uff0e', '~', ':', 'é'];
const patternParts = ['github', 'a.b', '*', '.', '\\', '/', 'x', '__proto__', ' '];

/** The same value with the keys of its objects the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, reordered(one)] as const);
  return Object.fromEntries(entries.reverse());
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // As pairs: numbers among the keys of an object are sorted by the engine.
  return Object.entries(value)
    .map(([key, one]) => [key, sorted(one)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .concat([['{}', null]]);
}

export const textTargets: readonly Target[] = [
  target(
    'a configuration is read or refused',
    mutations([config]),
    {
      seeds: [config],
      words: [
        '"filter":{"outgoing":"all"}',
        '"oauth":{"clientId":"c"}',
        '"ask"',
        '"rates":',
        '//',
        '/*',
        '"__proto__":{}',
        '"type":"sse"',
        '"servers":',
        '"headers":{}',
        '"cwd":"."',
      ],
      read: asBytes,
    },
    (bytes) => {
      onlyRefuses(['CONFIG_INVALID'], () => checkServerConfig(asText(bytes), 'a.json'));
      unpolluted();
    },
  ),
  target(
    'a path leads into the file system, and to one place',
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...parts)).map((some) => some.join('/')),
    ),
    {
      seeds: ['/workspace/a/../b', 'a\\b', '%2e%2e/x'],
      words: [...parts, '/', 'file:'],
      read: asText,
    },
    (text) => {
      const path = onlyRefuses(['INVALID_PATH'], () => parseVfsPath(text));
      if (path === undefined) return;
      must(path.startsWith('/'), 'it is absolute');
      must(!path.split('/').some((part) => part === '..' || part === '.'), 'it climbs nowhere');
      must(parseVfsPath(path) === path, 'it stays as it is');
    },
  ),
  target(
    'a cache key is the same for the same value only',
    fc.tuple(json, json),
    {
      seeds: ['[{"a":1,"b":[2,"x"]},{"b":[2,"x"],"a":1}]', '[{"1":0,"0":1,"":null},[-0,1e21]]'],
      words: ['"__proto__":', '"toJSON":', '\\ud800', '-0', '1e400', 'null'],
      read: (bytes) => {
        const value = asJson(bytes);
        return Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : undefined;
      },
    },
    ([a, b]) => {
      must(canonicalJson(a) === canonicalJson(reordered(a)), 'the order of keys is of no matter');
      const same = canonicalJson(a) === canonicalJson(b);
      const plain = (value: unknown) => JSON.stringify(sorted(value));
      must(same === (plain(a) === plain(b)), 'other values have other keys');
    },
  ),
  target(
    'a pattern is read or refused, and matches servers of the configuration only',
    fc.array(fc.constantFrom(...patternParts)).map((some) => some.join('')),
    { seeds: ['github.x*', 'a.b.c', '*.delete_*', '*'], words: patternParts, read: asText },
    (text) => {
      const pattern = onlyRefuses(['UNKNOWN_SERVER', 'USAGE', 'CONFIG_INVALID'], () =>
        parseToolPattern(text, servers),
      );
      unpolluted();
      must(pattern === undefined || typeof pattern === 'object', 'it is a pattern');
    },
  ),
];
