import { createHash } from 'node:crypto';
import { parseToolPattern } from '@org/bridge';
import { canonicalJson, parseSkillId, parseVfsPath, SandboxError, type ServerId } from '@org/core';
import { readArchive, writeArchive } from '@org/skill-store';
import fc from 'fast-check';
import { LineFrames } from '../../packages/bridge/src/line-frames.ts';
import { checkServerConfig } from '../../packages/bridge/src/server-config.ts';
import { versionOf } from '../../packages/skill-store/test/version-of.ts';
import { readFrames } from '../../packages/wasm-runtime/src/frames.ts';
import { MalformedModuleError } from '../../packages/wasm-runtime/src/metering/binary.ts';
import { meter } from '../../packages/wasm-runtime/src/metering/meter.ts';
import { packState } from '../../packages/wasm-runtime/src/packed-state.ts';
import {
  decodeProgramFile,
  encodeProgramFile,
} from '../../packages/wasm-runtime/src/program-file.ts';
import { decodeSnapshot, encodeSnapshot } from '../../packages/wasm-runtime/src/snapshot.ts';
import { assemble } from '../../packages/wasm-runtime/test/assemble.ts';
import { mutations } from './mutations.ts';

/** What is fuzzed, and what has to hold whatever it is given. */
export interface Target {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown>;
}

const target = <Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  holds: (input: Input) => void,
): Target => ({ name, property: fc.property(inputs, holds) as fc.IRawProperty<unknown> });

/** Runs `work`; only these refusals are fine. */
function onlyRefuses(codes: readonly string[], work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof SandboxError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

function must(condition: boolean, claim: string): void {
  if (!condition) throw new Error(`It does not hold that ${claim}.`);
}

const unpolluted = () => must(!('polluted' in {}), 'no prototype has changed');

const modules = [
  `(module (memory 1) (func (export "f") (param i32) (result i32) (loop $l (br_if $l (local.get 0)))
     (memory.fill (i32.const 0) (i32.const 1) (i32.const 9)) (memory.grow (i32.const 1))))`,
  `(module (table 2 funcref) (elem (i32.const 0) $a) (func $a) (global (mut i64) (i64.const 5))
     (func (block (br_table 0 0 (i32.const 0))) (call_indirect (i32.const 0)) (call $a)))`,
].map(assemble);

const engine = { digest: 'ab'.repeat(32), memoryBytes: 65_536, globals: 1 };
const snapshot = encodeSnapshot(
  {
    state: packState({
      pages: 1,
      globals: [7n],
      blocks: Uint32Array.of(0),
      delta: new Uint8Array(4_096).fill(1),
    }),
    notes: { name: 'a.ts' },
    blobs: new Map(),
  },
  engine.digest,
);

/** With a checksum that fits, so that what comes after it is reached. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  if (copy.length < 88) return copy;
  const hash = createHash('sha256').update(copy.subarray(0, 40)).update(copy.subarray(72));
  hash.digest().copy(copy, 40);
  return copy;
}

const program = encodeProgramFile(
  { name: 'a.ts', code: 'code', exports: ['default'], imports: [], map: '{"version":3}' },
  engine.digest,
);
const skill = parseSkillId('shared');
const archive = writeArchive(skill, versionOf(skill, 'one', 300));
const config = Buffer.from(
  `{"mcpServers": {"a": {"command": "x", "args": ["\${A:-b}"], "env": {"K": "v"}}, "b": {"url": "http://b"}}, "policy": {"deny": ["a.*"], "rates": {}}}`,
);
const servers = ['github', 'a.b'] as ServerId[];
const json = fc.jsonValue({ maxDepth: 4 });

/** The same value with the keys of its objects the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, reordered(one)] as const);
  return Object.fromEntries(entries.reverse());
}

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const frames = new LineFrames(64, {
    onLine: (text) => lines.push(text),
    onOversize: ({ head, tail, bytes }) => lines.push(`${bytes} ${head} ${tail}`),
  });
  for (const chunk of chunks) frames.push(chunk);
  return lines;
}

export const targets: readonly Target[] = [
  target('the rewriter keeps valid modules valid', mutations(modules), (bytes) => {
    let rewritten: Uint8Array;
    try {
      rewritten = meter(bytes);
    } catch (error) {
      if (error instanceof MalformedModuleError) return;
      throw error;
    }
    const wasValid = WebAssembly.validate(bytes as BufferSource);
    const isValid = WebAssembly.validate(rewritten as BufferSource);
    must(!wasValid || isValid, 'a valid module is valid after the rewriter');
  }),
  target('a snapshot is read or refused', mutations([snapshot]), (bytes) => {
    for (const one of [bytes, withChecksum(bytes)]) {
      onlyRefuses(['SNAPSHOT_REFUSED'], () => decodeSnapshot(one, engine, 1024 * 1024));
    }
  }),
  target('a compiled program is read or refused', mutations([program]), (bytes) => {
    onlyRefuses(['PROGRAM_REFUSED'], () => decodeProgramFile(bytes, engine.digest));
  }),
  target('an archive of a skill is read or refused', mutations([archive]), (bytes) => {
    onlyRefuses(['SKILL_DAMAGED', 'INVALID_NAME', 'USAGE'], () => readArchive(bytes));
  }),
  target('messages of a step are read or refused', fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      for (const { fields } of readFrames(bytes)) must(fields.length < 256, 'fields are bounded');
    } catch (error) {
      // A run takes it for a fault of the engine.
      if (!(error instanceof RangeError)) throw error;
    }
  }),
  target('a configuration is read or refused', mutations([config]), (bytes) => {
    const text = Buffer.from(bytes).toString('utf8');
    onlyRefuses(['CONFIG_INVALID'], () => checkServerConfig(text, 'a.json'));
    unpolluted();
  }),
  target(
    'a path leads into the file system, and to one place',
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('..', '.', '', 'a', '%2e', '\\', '\u0000', '\uff0e', '~', ':', 'é'))
        .map((parts) => parts.join('/')),
    ),
    (text) => {
      const path = onlyRefuses(['INVALID_PATH'], () => parseVfsPath(text));
      if (typeof path !== 'string') return;
      must(path.startsWith('/'), 'it is absolute');
      must(!path.split('/').some((part) => part === '..' || part === '.'), 'it climbs nowhere');
      must(parseVfsPath(path) === path, 'it stays as it is');
    },
  ),
  target('a cache key is the same for the same value only', fc.tuple(json, json), ([a, b]) => {
    must(canonicalJson(a) === canonicalJson(reordered(a)), 'the order of keys is of no matter');
    const same = canonicalJson(a) === canonicalJson(b);
    const plain = (value: unknown) => JSON.stringify(sorted(value));
    must(same === (plain(a) === plain(b)), 'other values have other keys');
  }),
  target(
    'lines are the same however they are cut',
    fc.tuple(
      fc.array(fc.string({ unit: 'binary', maxLength: 100 }), { maxLength: 8 }),
      fc.array(fc.nat(300), { maxLength: 12 }),
    ),
    ([texts, cuts]) => {
      const whole = Buffer.from(`${texts.join('\n')}\n`);
      const places = [...new Set([0, ...cuts.filter((at) => at < whole.length), whole.length])];
      places.sort((a, b) => a - b);
      const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
      const [together, apart] = [linesOf([whole]), linesOf(chunks)];
      must(JSON.stringify(together) === JSON.stringify(apart), 'cuts are of no matter');
    },
  ),
  target(
    'a pattern is read or refused, and matches servers of the configuration only',
    fc.array(fc.constantFrom('github', 'a.b', '*', '.', '\\', '/', 'x', '__proto__', ' ')),
    (parts) => {
      const text = parts.join('');
      const pattern = onlyRefuses(['UNKNOWN_SERVER', 'USAGE', 'CONFIG_INVALID'], () =>
        parseToolPattern(text, servers),
      );
      unpolluted();
      must(pattern === undefined || typeof pattern === 'object', 'it is a pattern');
    },
  ),
];

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // As pairs: numbers among the keys of an object are sorted by the engine.
  return Object.entries(value)
    .map(([key, one]) => [key, sorted(one)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .concat([['{}', null]]);
}
