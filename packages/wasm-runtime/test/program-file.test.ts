import { createHash } from 'node:crypto';
import { SandboxError } from '@org/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinaryWriter } from '../src/metering/binary.ts';
import type { CompiledProgram, ImportRecord } from '../src/program.ts';
import {
  decodeProgramFile,
  encodeProgramFile,
  isProgramFile,
  isWebAssembly,
} from '../src/program-file.ts';

const engine = 'ab'.repeat(32);
const program: CompiledProgram = {
  name: 'ü.ts',
  code: '$export({ __proto__: null, get "default"() { return "ü\u2028"; } });',
  exports: ['default', '__proto__'],
  imports: [
    {
      specifier: './servers/files',
      importer: '/mcp-tools/program.ts',
      path: '/mcp-tools/servers/files/index.ts',
      sha256: 'cd'.repeat(32),
    } as unknown as ImportRecord,
  ],
  map: '{"version":3,"sources":[],"names":[],"mappings":""}',
};
const encoded = encodeProgramFile(program, engine);

function refusal(bytes: Uint8Array): string {
  try {
    decodeProgramFile(bytes, engine);
  } catch (error) {
    expect(error).toBeInstanceOf(SandboxError);
    expect((error as SandboxError).code).toBe('PROGRAM_REFUSED');
    expect((error as SandboxError).hint).toMatch(/\.$/u);
    return (error as SandboxError).message;
  }
  throw new Error('It was not refused.');
}

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A section that says `json`, with a right checksum, as a forger would write it. */
function section(json: string, name = 'mcp-cli.program'): Uint8Array {
  const payload = new BinaryWriter()
    .name(name)
    .raw(createHash('sha256').update(json).digest())
    .raw(Buffer.from(json));
  return new BinaryWriter().byte(0).sized(payload.view()).view();
}
const file = (...sections: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([Buffer.from(header), ...sections]);
const content = { version: 1, engine, ...program };
const forged = (changes: object): Uint8Array =>
  file(section(JSON.stringify({ ...content, ...changes })));

describe('a program file', () => {
  test('gives back what it was made of', () => {
    expect(decodeProgramFile(encoded, engine)).toEqual(program);
  });

  test('is a valid module with one custom section', () => {
    expect(WebAssembly.validate(encoded as BufferSource)).toBe(true);
    const module = new WebAssembly.Module(encoded as BufferSource);
    expect(WebAssembly.Module.customSections(module, 'mcp-cli.program')).toHaveLength(1);
    expect(WebAssembly.Module.exports(module)).toEqual([]);
  });

  test('may have other sections around', () => {
    const other = section('{}', 'producers');
    const own = section(JSON.stringify(content));
    expect(decodeProgramFile(file(other, own, other), engine)).toEqual(program);
  });

  test('is refused at every truncation', () => {
    for (let length = 0; length < encoded.length; length++) refusal(encoded.subarray(0, length));
  });

  test('is refused with a flip of any bit', () => {
    for (let index = 0; index < encoded.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Uint8Array.from(encoded);
        bytes[index] = (bytes[index] as number) ^ (1 << bit);
        refusal(bytes);
      }
    }
  });

  test('is refused by another engine, which names both', () => {
    expect(refusal(encodeProgramFile(program, 'ef'.repeat(32)))).toContain(
      'the engine efefefefefef…, this is abababababab…',
    );
  });

  test.each([
    ['another version', { version: 2 }, 'version 2'],
    ['a version that is no number', { version: '\n' }, 'version "\\n"'],
    ['no code', { code: undefined }, 'section is amiss'],
    ['code that is no text', { code: ['x'] }, 'section is amiss'],
    ['a name that is no text', { name: 1 }, 'section is amiss'],
    ['a map that is no text', { map: {} }, 'section is amiss'],
    ['no engine', { engine: null }, 'section is amiss'],
    ['exports that are no list', { exports: 'default' }, 'exports are amiss'],
    ['an export that is no text', { exports: [{}] }, 'exports are amiss'],
    ['imports that are no list', { imports: {} }, 'imports are amiss'],
    [
      'an import without a path',
      { imports: [{ specifier: '', importer: '' }] },
      'imports are amiss',
    ],
    ['an import that is nothing', { imports: [null] }, 'imports are amiss'],
  ])('with %s is refused, though the checksum is right', (_, changes, why) => {
    expect(refusal(forged(changes))).toContain(why);
  });

  test.each([
    ['no JSON', file(section('{')), 'not JSON'],
    ['JSON that is no object', file(section('[1]')), 'section is amiss'],
    ['no program', file(), 'not made by mcp-cli compile'],
    ['a section of another name', file(section('{}', 'mcp-cli.programs')), 'not made by mcp-cli'],
    ['two programs', file(section('{}'), section('{}')), 'a second program'],
    [
      'a section without a checksum',
      file(Uint8Array.of(0, 16, 15, ...Buffer.from('mcp-cli.program'))),
      'checksum',
    ],
    ['a length beyond its end', file(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff, 0x0f)), 'malformed'],
    [
      'a length of six bytes',
      file(Uint8Array.of(0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)),
      'malformed',
    ],
    ['a name beyond its section', file(Uint8Array.of(0, 1, 0x7f)), 'malformed'],
    ['another layer', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 3, 0), 'neither a module nor'],
    ['text', Buffer.from('export default 1'), 'not WebAssembly'],
    ['nothing', new Uint8Array(0), 'not WebAssembly'],
  ])('that is %s is refused', (_, bytes, why) => {
    expect(refusal(bytes)).toContain(why);
  });

  test('of random bytes, with or without a right beginning, is refused and nothing else', () => {
    const beginnings = [[], header, [...header, 0, 200, 1, 15, ...Buffer.from('mcp-cli.program')]];
    const bytes = fc.tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(bytes, ([beginning, rest]) => {
        refusal(Uint8Array.from([...beginning, ...rest]));
      }),
      { numRuns: 2_000 },
    );
  });

  test('over 16 MiB is neither written nor read', () => {
    const code = 'x'.repeat(16 * 1024 * 1024);
    expect(() => encodeProgramFile({ ...program, code }, engine)).toThrow('16777216 bytes');
    expect(refusal(forged({ code }))).toContain('too large');
  });
});

test('isWebAssembly() tells by the first bytes', () => {
  expect(isWebAssembly(encoded)).toBe(true);
  expect(isWebAssembly(Buffer.from('\0asn'))).toBe(false);
  expect(isWebAssembly(encoded.subarray(0, 3))).toBe(false);
});

test('isProgramFile() tells it of whatever bytes there are', () => {
  expect(isProgramFile(encoded)).toBe(true);
  expect(isProgramFile(file(section('damaged')))).toBe(true);
  expect(isProgramFile(file(section('{}', 'another.section')))).toBe(false);
  for (const none of [[], [1, 2, 3], [...header, 0, 0xff], [...header.slice(0, 7), 1]]) {
    expect(isProgramFile(Uint8Array.from(none))).toBe(false);
  }
  // A mistake of the caller is no answer about a file.
  expect(() => isProgramFile(undefined as never)).toThrow(TypeError);
});
