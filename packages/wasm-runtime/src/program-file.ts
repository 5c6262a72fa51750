import { createHash } from 'node:crypto';
import { isJsonObject, SandboxError } from '@org/core';
import { BinaryReader, BinaryWriter, MalformedModuleError } from './metering/binary.ts';
import type { CompiledProgram, ImportRecord } from './program.ts';

/**
 * A program as a file: WebAssembly with a custom section named `mcp-cli.program` that carries it, a
 * core module with nothing else in it or a component with the engine. The section is a SHA-256 (32
 * bytes) and the JSON that it is of: version, engine, name, exports, imports, map, code.
 *
 * Only the section is ever read, and what it carries runs as any source does: the file's own code is
 * not. So a file from elsewhere can do what its program can do in the sandbox, and nothing else.
 */

const sectionName = 'mcp-cli.program';
const version = 1;
const customSection = 0;
const digestBytes = 32;
/** Parsed JSON takes some 20 times its text. */
const maxSectionBytes = 16 * 1024 * 1024;

const magic = [0x00, 0x61, 0x73, 0x6d];
const coreModuleHeader = [...magic, 0x01, 0x00, 0x00, 0x00];
const componentHeader = [...magic, 0x0d, 0x00, 0x01, 0x00];

/** Whether `bytes` begin as WebAssembly does, a module or a component. */
export function isWebAssembly(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function refuse(why: string, hint: string, cause?: unknown): never {
  throw new SandboxError('PROGRAM_REFUSED', `The program cannot be opened: ${why}.`, {
    hint,
    cause,
  });
}

const damaged = 'It was cut short or changed after it was written; compile the program again.';

/**
 * The section that makes a module or component a program file.
 * @param engineDigest SHA-256 of the engine that the program is compiled for, hex
 * @throws SandboxError `PROGRAM_REFUSED` when the program is over 16 MiB
 */
export function programSection(program: CompiledProgram, engineDigest: string): Uint8Array {
  const { name, exports, imports, map, code } = program;
  const content = { version, engine: engineDigest, name, exports, imports, map, code };
  const json = Buffer.from(JSON.stringify(content));
  if (json.length > maxSectionBytes) {
    refuse(`it has over ${maxSectionBytes} bytes`, 'Split it, or import less data.');
  }
  const payload = new BinaryWriter(json.length + 100).name(sectionName).raw(sha256(json)).raw(json);
  return new BinaryWriter(payload.length + 8).byte(customSection).sized(payload.view()).view();
}

/** A core module that carries a program and does nothing. @throws as `programSection` */
export function encodeProgramFile(program: CompiledProgram, engineDigest: string): Uint8Array {
  const section = programSection(program, engineDigest);
  return new BinaryWriter(8 + section.length).raw(coreModuleHeader).raw(section).view();
}

/** What the program's section carries; undefined where there is none. */
function findSection(bytes: Uint8Array): Uint8Array | undefined {
  const reader = new BinaryReader(bytes);
  const header = Array.from({ length: 8 }, () => reader.byte());
  const known = [coreModuleHeader, componentHeader];
  if (!known.some((one) => one.every((byte, index) => byte === header[index]))) {
    reader.fail('neither a module nor a component');
  }
  let found: Uint8Array | undefined;
  while (!reader.done) {
    const id = reader.byte();
    const content = reader.slice(reader.u32());
    if (id !== customSection || content.name() !== sectionName) continue;
    if (found !== undefined) reader.fail('a second program');
    found = bytes.subarray(content.position, content.end);
  }
  return found;
}

/** Whether `bytes` are a program file, of whatever engine; it may be damaged all the same. */
export function isProgramFile(bytes: Uint8Array): boolean {
  try {
    return findSection(bytes) !== undefined;
  } catch (error) {
    if (error instanceof MalformedModuleError) return false;
    throw error;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isImport(value: unknown): value is ImportRecord {
  if (!isJsonObject(value)) return false;
  return [value.specifier, value.importer, value.path, value.sha256].every(isText);
}

/** The texts in it may be anything: they are shown, or run in the sandbox. */
function parseContent(json: Uint8Array, engineDigest: string): CompiledProgram {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(json).toString());
  } catch (cause) {
    return refuse('its section is not JSON', damaged, cause);
  }
  if (!isJsonObject(content)) return refuse('its section is amiss', damaged);
  if (content.version !== version) {
    refuse(
      `it has version ${JSON.stringify(content.version)}, this is version ${version}`,
      'Compile the program again.',
    );
  }
  const { engine, name, exports, imports, map, code } = content;
  if (!isText(engine) || !isText(name) || !isText(map) || !isText(code)) {
    return refuse('its section is amiss', damaged);
  }
  if (!Array.isArray(exports) || !exports.every(isText))
    return refuse('its exports are amiss', damaged);
  if (!Array.isArray(imports) || !imports.every(isImport))
    return refuse('its imports are amiss', damaged);
  if (engine !== engineDigest) {
    refuse(
      `it was compiled for the engine ${engine.slice(0, 12)}…, this is ${engineDigest.slice(0, 12)}…`,
      'Compile the program again with this version.',
    );
  }
  return { name, code, exports, imports, map };
}

/**
 * The program that a file carries. The bytes may be anything.
 * @param engineDigest SHA-256 of the engine that shall run it, hex
 * @throws SandboxError `PROGRAM_REFUSED`: not WebAssembly, no program in it, another engine or
 * version, truncated, changed
 */
export function decodeProgramFile(bytes: Uint8Array, engineDigest: string): CompiledProgram {
  if (!isWebAssembly(bytes)) refuse('these bytes are not WebAssembly', 'Give a compiled program.');
  let section: Uint8Array | undefined;
  try {
    section = findSection(bytes);
  } catch (cause) {
    if (!(cause instanceof MalformedModuleError)) throw cause;
    refuse(`it is malformed (${cause.message})`, damaged, cause);
  }
  if (section === undefined) {
    return refuse('this WebAssembly was not made by mcp-cli compile', 'Compile a program first.');
  }
  if (section.length > digestBytes + maxSectionBytes) refuse('it is too large', damaged);
  const json = section.subarray(digestBytes);
  if (!sha256(json).equals(section.subarray(0, digestBytes))) {
    refuse('its checksum does not match', damaged);
  }
  return parseContent(json, engineDigest);
}
