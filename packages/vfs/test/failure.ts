import { SandboxError } from '@org/core';
import { expect } from 'vitest';

/** The error of an action that has to fail; its words must not be those of the host's system. */
export async function failure(action: Promise<unknown> | (() => unknown)): Promise<SandboxError> {
  try {
    await (typeof action === 'function' ? action() : action);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    expect(`${error.message} ${error.hint}`).not.toMatch(/ENO[A-Z]|EISDIR|node_modules|\n\s*at /);
    return error;
  }
  throw new Error('it did not fail');
}
