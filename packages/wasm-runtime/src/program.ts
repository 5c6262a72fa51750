import { hash } from 'node:crypto';
import type { VfsPath } from '@org/core';
import { type PositionMapper, positionMapper } from './stack.ts';

/** An import of a program, or of a file that it imports, and what it stood for. */
export interface ImportRecord {
  readonly specifier: string;
  /** The file that has the import. */
  readonly importer: VfsPath;
  /** The file that is imported. */
  readonly path: VfsPath;
  /** Of its text, hex. */
  readonly sha256: string;
}

/** What is known of a program once it is compiled: what a program file holds. */
export interface CompiledProgram {
  /** What the agent calls the file; used in errors. */
  readonly name: string;
  /** The bundle: statements of an async function's body. */
  readonly code: string;
  /** Names of its exports, each of which can be the entry of a run. */
  readonly exports: readonly string[];
  /** What was bundled with it, in an order that is always the same. */
  readonly imports: readonly ImportRecord[];
  /** Source map of `code`, JSON; its sources are named as the agent knows them. */
  readonly map: string;
}

/** A program that was parsed, had its types stripped and its imports bundled. Immutable. */
export interface Program extends CompiledProgram {
  /** SHA-256 of `code`, hex. */
  readonly digest: string;
  /** Turns a position in `code` into `file:line:column` of the agent's own file. */
  readonly toPosition: PositionMapper;
  /**
   * The program as a small WebAssembly module, which `sandbox.openProgram` reads: it carries the
   * program and does nothing by itself. The same program gives the same bytes.
   * @throws SandboxError `SYNTAX` for what only the engine's parser refuses
   */
  toModule(): Promise<Uint8Array>;
  /**
   * The program as a standard component that imports nothing: the engine with the program loaded
   * and none of it run. Any component runtime starts it through `deliver` and `collect`
   * (docs/engine.md); `sandbox.openProgram` reads it as well. The same program gives the same bytes.
   * @throws as `toModule`
   */
  toComponent(): Promise<Uint8Array>;
}

/** What writes a program down. */
export interface ProgramWriter {
  toModule(program: Program): Promise<Uint8Array>;
  toComponent(program: Program): Promise<Uint8Array>;
}

export const sha256 = (text: string): string => hash('sha256', text, 'hex');

export function createProgram(compiled: CompiledProgram, writer: ProgramWriter): Program {
  const { name, code, exports, imports, map } = compiled;
  const program: Program = Object.freeze({
    name,
    code,
    exports,
    imports,
    map,
    digest: sha256(code),
    toPosition: positionMapper(map),
    toModule: () => writer.toModule(program),
    toComponent: () => writer.toComponent(program),
  });
  return program;
}
