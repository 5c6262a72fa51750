import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { SandboxError } from '@org/core';

/** The metered guest engine, compiled. It is shared with workers, not compiled again in them. */
export interface Engine {
  readonly module: WebAssembly.Module;
  /** SHA-256 of the metered core module, hex: names the engine that a run or snapshot belongs to. */
  readonly digest: string;
  /** Where the mailbox (see wire.ts) lies in linear memory. */
  readonly mailboxAddress: number;
}

const folder = new URL('../engine/', import.meta.url);

/**
 * Loads the engine that was built with this package.
 * @throws SandboxError `ENGINE_FAULT` when the package was not built
 */
export async function loadEngine(): Promise<Engine> {
  // Validates each function when it is first called: 12 MB compile in 25 ms instead of 100.
  setFlagsFromString('--wasm-lazy-validation');
  try {
    const [bytes, description] = await Promise.all([
      readFile(new URL('engine.wasm', folder)),
      readFile(new URL('engine.json', folder), 'utf8'),
    ]);
    return { module: new WebAssembly.Module(bytes as BufferSource), ...JSON.parse(description) };
  } catch (cause) {
    throw new SandboxError('ENGINE_FAULT', 'The engine could not be loaded.', {
      hint: 'Build the package @org/wasm-runtime first.',
      cause,
    });
  }
}
