import { createHash } from 'node:crypto';
import { parseSkillId } from '@org/core';
import { readArchive, writeArchive } from '@org/skill-store';
import fc from 'fast-check';
import { versionOf } from '../../packages/skill-store/test/version-of.ts';
import { MessageWriter, readFrames } from '../../packages/wasm-runtime/src/frames.ts';
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
import { asBytes, must, onlyRefuses, type Target, target } from './target.ts';

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
/** After the clock, which only messages into the guest have. */
const frames = new MessageWriter().frame(1, 7, 'one', 'é').frame(2, 8).finish(0).subarray(8);

const mutated = (seeds: readonly Uint8Array[]) => ({
  inputs: mutations(seeds),
  bytes: { seeds, read: asBytes },
});
const [ofModules, ofSnapshots] = [mutated(modules), mutated([snapshot])];
const [ofPrograms, ofArchives] = [mutated([program]), mutated([archive])];

export const binaryTargets: readonly Target[] = [
  target('the rewriter keeps valid modules valid', ofModules.inputs, ofModules.bytes, (bytes) => {
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
  target('a snapshot is read or refused', ofSnapshots.inputs, ofSnapshots.bytes, (bytes) => {
    for (const one of [bytes, withChecksum(bytes)]) {
      onlyRefuses(['SNAPSHOT_REFUSED'], () => decodeSnapshot(one, engine, 1024 * 1024));
    }
  }),
  target('a compiled program is read or refused', ofPrograms.inputs, ofPrograms.bytes, (bytes) => {
    onlyRefuses(['PROGRAM_REFUSED'], () => decodeProgramFile(bytes, engine.digest));
  }),
  target(
    'an archive of a skill is read or refused',
    ofArchives.inputs,
    ofArchives.bytes,
    (bytes) => {
      onlyRefuses(['SKILL_DAMAGED', 'INVALID_NAME', 'USAGE'], () => readArchive(bytes));
    },
  ),
  target(
    'messages of a step are read or refused',
    fc.oneof(fc.uint8Array({ maxLength: 200 }), mutations([frames])),
    { seeds: [frames], read: asBytes },
    (bytes) => {
      try {
        for (const { fields } of readFrames(bytes)) must(fields.length < 256, 'fields are bounded');
      } catch (error) {
        // A run takes it for a fault of the engine.
        if (!(error instanceof RangeError)) throw error;
      }
    },
  ),
];
