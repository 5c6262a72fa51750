import { BinaryReader, BinaryWriter, MalformedModuleError } from './binary.ts';
import { BodyMeter } from './body.ts';
import { uncountedFunctions } from './call-graph.ts';
import { ConstantExpressions } from './constant-expression.ts';
import { type Allowance, Instrumentation } from './instrumentation.ts';
import {
  appended,
  assembleModule,
  type IndexSpaces,
  readIndexSpaces,
  readSections,
  sectionId,
} from './module.ts';

function meterCode(content: Uint8Array, spaces: IndexSpaces, added: Instrumentation): Uint8Array {
  const uncounted = uncountedFunctions(content, spaces.importedFunctions);
  const bodies = new BodyMeter(spaces, added);
  const reader = new BinaryReader(content);
  const writer = new BinaryWriter(Math.ceil(content.length * 1.1));
  writer.u32(reader.u32());
  for (const isUncounted of uncounted) {
    writer.sized(bodies.rewrite(reader.slice(reader.u32()), !isUncounted));
  }
  return writer.view();
}

/**
 * Rewrites a core module so that it counts its own work and cannot outgrow its limits, which it
 * exports as globals (`meteringExports`); `allowance` is what they hold in a new instance, where
 * a start function runs before the host can set them.
 *
 * One unit of fuel is taken at each branch back to the start of a loop and at each entry of a
 * function that can recur or is long (`uncountedFunctions`); instructions whose operands decide how
 * long they take pay by these (docs/engine.md has the table). At a limit the module traps; no code
 * in it can catch that. A `memory.grow` past the page limit sets a flag before, where the original
 * would have answered -1. All else behaves as before: no index changes.
 *
 * @throws MalformedModuleError for bytes that are no valid core module, an unknown instruction, or
 * constant expressions that allocate without bound
 */
export function meter(module: Uint8Array, allowance: Allowance = {}): Uint8Array {
  const sections = readSections(module);
  const constants = new ConstantExpressions();
  const spaces = readIndexSpaces(sections, (reader) => constants.skip(reader));
  constants.check(spaces);
  const added = new Instrumentation(spaces);

  const find = (id: number) => sections.find((section) => section.id === id)?.content;
  const code = find(sectionId.code);
  const rewritten = new Map<number, Uint8Array>();
  const append = (
    id: number,
    { count, entries }: { count: number; entries: ArrayLike<number> },
    content = find(id),
  ) => rewritten.set(id, appended(content, count, entries));
  append(sectionId.global, added.globals(allowance));
  append(sectionId.export, added.exports);
  append(sectionId.type, added.types);
  append(sectionId.function, added.functions);
  append(sectionId.code, added.bodies, code && meterCode(code, spaces, added));
  // An index past the end could come to mean something that was added, and so reach the fuel.
  if (!WebAssembly.validate(module as BufferSource)) {
    throw new MalformedModuleError('the module is not valid');
  }
  return assembleModule(sections, rewritten);
}
