import { BinaryReader } from './binary.ts';
import { isIndirectCall, op, skipImmediates, skipLocals } from './instructions.ts';

/** As many instructions may run, locals included, on a walk through an uncounted function. */
const uncountedInstructions = 256;

/**
 * For each function of the code section `code`, whether its entry needs no charge: all that it can
 * call are such functions, called by index, so that it comes to no recursion, and a walk through
 * it and them takes `uncountedInstructions` at most. Iterations of loops are charged in any case.
 * What an import or a reference leads to is unknown, so whoever calls one is charged.
 */
export function uncountedFunctions(code: Uint8Array, importedFunctions: number): boolean[] {
  const reader = new BinaryReader(code);
  const bodies: BinaryReader[] = [];
  for (let count = reader.u32(); count > 0; count--) bodies.push(reader.slice(reader.u32()));

  const callers: number[][] = bodies.map(() => []);
  const longestWalk: number[] = [];
  const callsToSettle: number[] = [];
  for (const [caller, body] of bodies.entries()) {
    // Each local is set to zero.
    let instructions = skipLocals(body);
    let calls = 0;
    for (; !body.done; instructions++) {
      const opcode = body.byte();
      const immediates = body.position;
      skipImmediates(body, opcode);
      if (opcode === op.call || opcode === op.returnCall) {
        const callee = new BinaryReader(body.bytes, immediates).u32() - importedFunctions;
        calls++;
        callers[callee]?.push(caller);
      } else if (isIndirectCall(opcode)) {
        calls = Infinity;
      }
    }
    longestWalk.push(instructions);
    callsToSettle.push(calls);
  }

  const uncounted = bodies.map(() => false);
  const settled = [...bodies.keys()].filter((index) => callsToSettle[index] === 0);
  for (let callee = settled.pop(); callee !== undefined; callee = settled.pop()) {
    const walk = longestWalk[callee] as number;
    if (walk > uncountedInstructions) continue;
    uncounted[callee] = true;
    for (const caller of callers[callee] as number[]) {
      longestWalk[caller] = (longestWalk[caller] as number) + walk;
      callsToSettle[caller] = (callsToSettle[caller] as number) - 1;
      if (callsToSettle[caller] === 0) settled.push(caller);
    }
  }
  return uncounted;
}
