import { BinaryReader, BinaryWriter } from './binary.ts';
import { branchDepths, op, skipImmediates, skipLocals } from './instructions.ts';

/** The code that the rewriter inserts, for the indices that its globals got. */
export interface Insertions {
  readonly charge: Uint8Array;
  readonly guardGrow: Uint8Array;
  /** Undefined where lengths are 64 bits wide. */
  readonly chargeBulk: Uint8Array | undefined;
}

/** memory.init, memory.copy, memory.fill, table.init, table.copy, table.grow and table.fill. */
const bulkCodes = new Set([8, 10, 11, 12, 14, 15, 17]);

/** What a branch to a block does. */
type Label = 'leaves' | 'repeats' | 'repeats with values';

function labelOf(opcode: number, firstOfType: number): Label {
  if (opcode !== op.loop) return 'leaves';
  // Of the block types only type indices, which are not negative, can have parameters.
  return firstOfType >= 0x40 && firstOfType < 0x80 ? 'repeats' : 'repeats with values';
}

const opensBlock = (opcode: number): boolean =>
  (opcode >= op.block && opcode <= op.if) || opcode === op.try || opcode === op.tryTable;

/**
 * Copies one function body and puts the charges in: at its entry if `entryCounts`, and wherever a
 * branch leads back to the start of a loop. Not at that start itself: there the same code takes up
 * to three times as long, because all the registers of the loop meet.
 */
export function meterBody(
  body: BinaryReader,
  inserted: Insertions,
  entryCounts: boolean,
): Uint8Array {
  const { bytes } = body;
  const writer = new BinaryWriter((body.end - body.position) * 2 + 64);
  let copied = body.position;
  const insert = (at: number, code: ArrayLike<number>) => {
    writer.raw(bytes.subarray(copied, at)).raw(code);
    copied = at;
  };
  skipLocals(body);
  if (entryCounts) insert(body.position, inserted.charge);

  const openLabels: Label[] = [];
  // The outermost label is the function's own, and a branch to it returns.
  const target = (depth: number) => openLabels[openLabels.length - 1 - depth] ?? 'leaves';
  while (!body.done) {
    const at = body.position;
    const opcode = body.byte();
    const immediates = body.position;
    skipImmediates(body, opcode);
    const depths = branchDepths(bytes, opcode, immediates);
    if (opcode === op.brIf && target(depths[0] as number) === 'repeats') {
      // Charged only if taken: if <charge> br end
      insert(at, [op.if, 0x40, ...inserted.charge, op.br]);
      writer.u32((depths[0] as number) + 1).byte(op.end);
      copied = body.position;
    } else if (depths.some((depth) => target(depth) !== 'leaves')) {
      insert(at, inserted.charge);
    } else if (opcode === op.memoryGrow) {
      if (bytes[immediates] !== 0) body.fail('cannot bound the growth of a second memory');
      insert(at, inserted.guardGrow);
    } else if (opcode === op.prefixBulk && inserted.chargeBulk !== undefined) {
      const code = new BinaryReader(bytes, immediates).u32();
      if (bulkCodes.has(code)) insert(at, inserted.chargeBulk);
    }
    if (opensBlock(opcode)) openLabels.push(labelOf(opcode, bytes[immediates] as number));
    else if (opcode === op.end || opcode === op.delegate) openLabels.pop();
  }
  return writer.raw(bytes.subarray(copied, body.end)).view();
}
