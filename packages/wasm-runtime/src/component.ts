import { BinaryReader, BinaryWriter } from './metering/binary.ts';

/** A component's bytes before and after its one core module. */
export interface ComponentShell {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const componentHeader = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const coreModuleSection = 1;

/**
 * Takes the core module out of a component (Component Model binary format, preamble and sections).
 * @throws MalformedModuleError when it does not have exactly one
 */
export function openComponent(component: Uint8Array): {
  shell: ComponentShell;
  module: Uint8Array;
} {
  const reader = new BinaryReader(component);
  for (const byte of componentHeader) if (reader.byte() !== byte) reader.fail('not a component');
  let found: { shell: ComponentShell; module: Uint8Array } | undefined;
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const { position, end: stop } = reader.slice(reader.u32());
    if (id !== coreModuleSection) continue;
    if (found !== undefined) reader.fail('a second core module');
    found = {
      shell: { before: component.slice(0, start), after: component.slice(stop) },
      module: component.slice(position, stop),
    };
  }
  return found ?? reader.fail('no core module');
}

/** The component again, with the bytes of `module`, given in parts, as its core module. */
export function closeComponent(
  { before, after }: ComponentShell,
  module: readonly Uint8Array[],
): Uint8Array {
  const size = module.reduce((sum, part) => sum + part.length, 0);
  const head = new BinaryWriter(8).byte(coreModuleSection).u32(size).view();
  return Buffer.concat([before, head, ...module, after]);
}
