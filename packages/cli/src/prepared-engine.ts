import { type PreparedSandbox, prepareSandbox } from '@org/wasm-runtime';

let prepared: PreparedSandbox | undefined;

/** Starts to load the engine, once: its thread works while this one reads the command. */
export function preparedEngine(): PreparedSandbox {
  prepared ??= prepareSandbox();
  return prepared;
}
