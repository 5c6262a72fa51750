import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { SandboxError } from '@org/core';
import { createPristine, type SharedPristine } from './pristine.ts';

/** The metered guest engine, compiled. It is shared with workers, not compiled again in them. */
export interface Engine {
  /** A `WebAssembly.Module`; that name is only in TypeScript's DOM library, which users may lack. */
  readonly module: object;
  /** SHA-256 of the metered core module, hex: names the engine that a run or snapshot belongs to. */
  readonly digest: string;
  /** SHA-256 of what bundles programs, hex: the same source gives the same bundle. */
  readonly compiler: string;
  /** Where the mailbox (see wire.ts) lies in linear memory. */
  readonly mailboxAddress: number;
  /** Size of linear memory at the start. */
  readonly memoryBytes: number;
  /** How many mutable globals are part of the state, besides memory. */
  readonly globals: number;
  /** What programs find as globals, what each object inherits included. */
  readonly names: readonly string[];
  /** The memory at the start, shared by all threads that get this value. */
  readonly pristine: SharedPristine;
}

/** A file that the build made. */
export const engineFile = (name: string): URL => new URL(`../engine/${name}`, import.meta.url);

/** Of this process and all its threads: call it before one of them loads the engine. */
export function setEngineFlags(): void {
  // Validates each function when it is first called: 12 MB compile in 25 ms instead of 100.
  setFlagsFromString('--wasm-lazy-validation');
  // V8 takes the distance of a jump for what was executed. In the loop of the interpreter, with 78 kB of
  // code, its own budget is used up after 170 steps of a program, and optimising that loop takes a core
  // for 100 ms. This one lasts for 13,000.
  setFlagsFromString('--wasm-tiering-budget=1000000000');
}

/**
 * Reads and compiles the engine, for 50 ms in which its thread does nothing else.
 * @throws what reading and compiling throw
 */
export function readEngine(): Engine {
  const bytes = readFileSync(engineFile('engine.wasm')) as BufferSource;
  const description = readFileSync(engineFile('engine.json'), 'utf8');
  const parsed = JSON.parse(description) as Omit<Engine, 'module' | 'pristine'>;
  const module = new WebAssembly.Module(bytes);
  return { module, pristine: createPristine(parsed.memoryBytes), ...parsed };
}

export function notLoaded(cause: unknown): SandboxError {
  return new SandboxError('ENGINE_FAULT', 'The engine could not be loaded.', {
    hint: 'Build the package @org/wasm-runtime first.',
    cause,
  });
}

/**
 * Loads the engine that was built with this package.
 * @throws SandboxError `ENGINE_FAULT` when the package was not built
 */
export async function loadEngine(): Promise<Engine> {
  setEngineFlags();
  try {
    return readEngine();
  } catch (cause) {
    throw notLoaded(cause);
  }
}
