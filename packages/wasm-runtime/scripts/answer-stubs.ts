import { BinaryReader, BinaryWriter } from '../src/metering/binary.ts';

const section = { custom: 0, import: 2, code: 10 } as const;
/** The subsection of the `name` section that names functions (Core Specification, appendix). */
const functionNames = 1;
/** `ENOENT` of WASI preview 1. */
const noSuchFile = 44;
/** No locals; i32.const 44; end. */
const body = new Uint8Array([0, 0x41, noSuchFile, 0x0b]);

function* sections(module: Uint8Array): Generator<{ id: number; content: BinaryReader }> {
  const reader = new BinaryReader(module);
  reader.skip(8);
  while (!reader.done) yield { id: reader.byte(), content: reader.slice(reader.u32()) };
}

function indicesOf(module: Uint8Array, wanted: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { id, content } of sections(module)) {
    if (id === section.import && content.u32() > 0) content.fail('the engine imports nothing');
    if (id !== section.custom || content.name() !== 'name') continue;
    while (!content.done) {
      const kind = content.byte();
      const names = content.slice(content.u32());
      if (kind !== functionNames) continue;
      for (let count = names.u32(); count > 0; count--) {
        const index = names.u32();
        const name = names.name();
        if (wanted.includes(name)) found.set(name, index);
      }
    }
  }
  return found;
}

/**
 * Makes functions of `module`, which componentize-js left as a trap, answer "no such file": then
 * the engine rejects an `import()` instead of ending the run.
 * @param names of functions that return a WASI error number
 * @throws Error when one of them is not there
 */
export function answerStubs(module: Uint8Array, names: readonly string[]): Uint8Array {
  const indices = indicesOf(module, names);
  for (const name of names) {
    if (!indices.has(name)) throw new Error(`The engine has no function ${name}.`);
  }
  const replaced = new Set(indices.values());
  const writer = new BinaryWriter(module.length).raw(module.subarray(0, 8));
  for (const { id, content } of sections(module)) {
    writer.byte(id);
    if (id !== section.code) {
      writer.sized(module.subarray(content.position, content.end));
      continue;
    }
    const count = content.u32();
    const code = new BinaryWriter(module.length).u32(count);
    for (let index = 0; index < count; index++) {
      const { position, end } = content.slice(content.u32());
      code.sized(replaced.has(index) ? body : module.subarray(position, end));
    }
    writer.sized(code.view());
  }
  return writer.view().slice();
}
