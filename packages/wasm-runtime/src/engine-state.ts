/** Reading and writing an instance's state: its memory against the pristine one, in blocks. */
import { pageBytes } from './bounds.ts';
import type { MemoryPatch } from './core-module.ts';

/** Memory is compared and stored in blocks of this size. */
export const blockBytes = 4_096;

/** What differs from the pristine engine. */
export interface EngineState {
  /** Size of linear memory in 64-KiB pages. */
  readonly pages: number;
  /** Values of the engine's own mutable globals, i32 or i64, in the order of their indices. */
  readonly globals: readonly bigint[];
  /** Indices of the blocks that differ, ascending. */
  readonly blocks: Uint32Array;
  /**
   * For each of them its content XOR the pristine one; beyond the pristine memory, as it is. Starts
   * at a multiple of 4 in its buffer.
   */
  readonly delta: Uint8Array;
}

const wordsPerBlock = blockBytes / 4;

/** Whole memory as something that compares and copies quickly. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Indices of the blocks in which `memory` differs from `pristine`; beyond it, from zeros. */
function changedBlocks(memory: Uint8Array, pristine: Uint8Array): Uint32Array {
  const [now, before] = [view(memory), view(pristine)];
  const zeros = Buffer.alloc(blockBytes);
  const found: number[] = [];
  for (let start = 0; start < now.length; start += blockBytes) {
    const end = start + blockBytes;
    const same =
      start < before.length
        ? now.compare(before, start, end, start, end) === 0
        : now.compare(zeros, 0, blockBytes, start, end) === 0;
    if (!same) found.push(start / blockBytes);
  }
  return Uint32Array.from(found);
}

/** 32-bit words of block `index`, or undefined where `bytes` ends before it. */
function wordsOf(bytes: Uint8Array, index: number): Int32Array | undefined {
  const start = index * blockBytes;
  if (start >= bytes.length) return undefined;
  return new Int32Array(bytes.buffer, bytes.byteOffset + start, wordsPerBlock);
}

function xorBlock(into: Int32Array, from: Int32Array, pristine: Int32Array | undefined): void {
  if (pristine === undefined) {
    into.set(from);
    return;
  }
  for (let word = 0; word < wordsPerBlock; word++) {
    into[word] = (from[word] as number) ^ (pristine[word] as number);
  }
}

/** What differs between `memory` and `pristine`; a copy. */
export function captureState(
  memory: Uint8Array,
  globals: readonly bigint[],
  pristine: Uint8Array,
): EngineState {
  const blocks = changedBlocks(memory, pristine);
  const delta = new Uint8Array(blocks.length * blockBytes);
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index] as number;
    xorBlock(
      wordsOf(delta, index) as Int32Array,
      wordsOf(memory, block) as Int32Array,
      wordsOf(pristine, block),
    );
  }
  return { pages: memory.length / pageBytes, globals, blocks, delta };
}

/** Writes `state` over `memory`, which must be pristine and of the state's size. */
export function applyState(state: EngineState, memory: Uint8Array, pristine: Uint8Array): void {
  const { blocks, delta } = state;
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index] as number;
    xorBlock(
      wordsOf(memory, block) as Int32Array,
      wordsOf(delta, index) as Int32Array,
      wordsOf(pristine, block),
    );
  }
}

/** The blocks in which `state` differs from the pristine engine, with what they hold. */
export function changedMemory(state: EngineState, pristine: Uint8Array): MemoryPatch[] {
  const contents = new Uint8Array(state.delta.length);
  return Array.from(state.blocks, (block, index) => {
    const words = wordsOf(contents, index) as Int32Array;
    xorBlock(words, wordsOf(state.delta, index) as Int32Array, wordsOf(pristine, block));
    const start = index * blockBytes;
    return { address: block * blockBytes, bytes: contents.subarray(start, start + blockBytes) };
  });
}

/** Makes `memory`, which must not have grown, equal to `pristine`, writing only what differs. */
export function resetMemory(memory: Uint8Array, pristine: Uint8Array): void {
  for (const block of changedBlocks(memory, pristine)) {
    const start = block * blockBytes;
    memory.set(pristine.subarray(start, start + blockBytes), start);
  }
}
