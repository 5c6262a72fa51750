import { BinaryReader, BinaryWriter } from './binary.ts';
import { atomic, branchDepths, bulk, gc, op, skipImmediates, skipLocals } from './instructions.ts';
import type { Instrumentation } from './instrumentation.ts';
import type { IndexSpaces } from './module.ts';

/** What a branch to a block does. */
type Label = 'leaves' | 'repeats' | 'repeats with values';

function labelOf(opcode: number, firstOfType: number): Label {
  if (opcode !== op.loop) return 'leaves';
  // Of the block types only type indices, which are not negative, can have parameters.
  return firstOfType >= 0x40 && firstOfType < 0x80 ? 'repeats' : 'repeats with values';
}

const opensBlock = (opcode: number): boolean =>
  (opcode >= op.block && opcode <= op.if) || opcode === op.try || opcode === op.tryTable;

/** Rewrites function bodies of one module. */
export class BodyMeter {
  readonly #spaces: IndexSpaces;
  readonly #added: Instrumentation;

  constructor(spaces: IndexSpaces, added: Instrumentation) {
    this.#spaces = spaces;
    this.#added = added;
  }

  /**
   * Copies one function body and puts the charges in: at its entry if `entryCounts`, wherever a
   * branch leads back to the start of a loop, and before what takes time or memory by its operands.
   * Not at the start of a loop itself: there the same code takes up to three times as long, because
   * all the registers of the loop meet.
   */
  rewrite(body: BinaryReader, entryCounts: boolean): Uint8Array {
    const { bytes } = body;
    const { charge } = this.#added;
    const writer = new BinaryWriter((body.end - body.position) * 2 + 64);
    let copied = body.position;
    const insert = (at: number, code: ArrayLike<number>) => {
      writer.raw(bytes.subarray(copied, at)).raw(code);
      copied = at;
    };
    skipLocals(body);
    if (entryCounts) insert(body.position, charge);

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
        insert(at, [op.if, 0x40, ...charge, op.br]);
        writer.u32((depths[0] as number) + 1).byte(op.end);
        copied = body.position;
      } else if (depths.some((depth) => target(depth) !== 'leaves')) {
        insert(at, charge);
      } else {
        const costs = this.#costsOf(opcode, new BinaryReader(bytes, immediates, body.position));
        if (costs !== undefined) insert(at, costs);
      }
      if (opensBlock(opcode)) openLabels.push(labelOf(opcode, bytes[immediates] as number));
      else if (opcode === op.end || opcode === op.delegate) openLabels.pop();
    }
    return writer.raw(bytes.subarray(copied, body.end)).view();
  }

  /** What goes before an instruction whose cost its operands decide; a length is on the stack. */
  #costsOf(opcode: number, immediates: BinaryReader): readonly number[] | undefined {
    switch (opcode) {
      case op.memoryGrow:
        return this.#added.call(
          this.#isWide('memories', immediates) ? 'guardGrow64' : 'guardGrow32',
        );
      case op.throw: {
        // A value takes up to four slots.
        const values = this.#spaces.tags[immediates.u32()] ?? 0;
        return [...this.#added.chargeThrow(), ...this.#added.allocate(4 * values)];
      }
      case op.rethrow:
      case op.throwRef:
        return this.#added.chargeThrow();
      case op.prefixBulk:
        return this.#costsOfBulk(immediates);
      case op.prefixGc:
        return this.#costsOfGc(immediates);
      case op.prefixAtomic: {
        const code = immediates.u32();
        return code === atomic.wait32 || code === atomic.wait64
          ? this.#added.call('payWait')
          : undefined;
      }
      default:
        return undefined;
    }
  }

  #isWide(space: 'memories' | 'tables', immediates: BinaryReader): boolean {
    return this.#spaces[space][immediates.u32()]?.is64 ?? false;
  }

  #costsOfBulk(immediates: BinaryReader): readonly number[] | undefined {
    const bytes = (isWide: boolean) => this.#added.call(isWide ? 'payBytes64' : 'payBytes32');
    const elements = (isWide: boolean) =>
      this.#added.call(isWide ? 'payElements64' : 'payElements32');
    // A copy between two kinds of memories or tables takes the narrower length.
    const areWide = (space: 'memories' | 'tables') => {
      const first = this.#isWide(space, immediates);
      return this.#isWide(space, immediates) && first;
    };
    switch (immediates.u32()) {
      case bulk.memoryInit:
        return bytes(false);
      case bulk.memoryCopy:
        return bytes(areWide('memories'));
      case bulk.memoryFill:
        return bytes(this.#isWide('memories', immediates));
      case bulk.tableInit:
        return elements(false);
      case bulk.tableCopy:
        return elements(areWide('tables'));
      case bulk.tableFill:
        return elements(this.#isWide('tables', immediates));
      case bulk.tableGrow:
        return this.#added.call(this.#isWide('tables', immediates) ? 'allocate64' : 'allocate32');
      default:
        return undefined;
    }
  }

  #costsOfGc(immediates: BinaryReader): readonly number[] | undefined {
    switch (immediates.u32()) {
      case gc.structNew:
      case gc.structNewDefault:
        return this.#added.allocate(this.#spaces.types[immediates.u32()]?.parts ?? 0);
      case gc.arrayNewFixed:
        immediates.u32();
        return this.#added.allocate(immediates.u32());
      case gc.arrayNew:
      case gc.arrayNewDefault:
      case gc.arrayNewData:
      case gc.arrayNewElem:
        return this.#added.call('allocate32');
      case gc.arrayFill:
      case gc.arrayCopy:
      case gc.arrayInitData:
      case gc.arrayInitElem:
        return this.#added.call('payElements32');
      default:
        return undefined;
    }
  }
}
