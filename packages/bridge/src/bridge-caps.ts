import { SandboxError } from '@org/core';

/** Bounds of each call. They protect the host; a run has limits of its own besides. */
export interface BridgeCaps {
  /** Of the parameters as JSON text in UTF-8, as the program made them: with handles for blobs. */
  readonly paramsBytes: number;
  /** Of the blobs that are put into the parameters of a call, as base64. */
  readonly blobBytes: number;
  /** Of the unwrapped result as JSON text in UTF-8, blobs included. */
  readonly resultBytes: number;
  /** From sending a call to its answer, retries included. Waiting for its turn is not counted. */
  readonly callMs: number;
  /** For starting a server and shaking hands; also for reading its catalog. */
  readonly connectMs: number;
  /** Calls under way at one server; further ones wait. */
  readonly parallelPerServer: number;
  /** Connections to one server at most; a further one is opened when all others are busy. */
  readonly connectionsPerServer: number;
  /** A connection that nobody used for so long is closed, and made again at the next use. */
  readonly idleMs: number;
}

const defaultCaps: BridgeCaps = Object.freeze({
  paramsBytes: 1024 * 1024,
  blobBytes: 16 * 1024 * 1024,
  resultBytes: 16 * 1024 * 1024,
  callMs: 60_000,
  connectMs: 30_000,
  parallelPerServer: 16,
  connectionsPerServer: 1,
  idleMs: 5 * 60_000,
});

/** The longest time that a timer takes; longer ones would end at once. */
const maxCap = 2 ** 31 - 1;

/**
 * The caps with `overrides` put over the defaults.
 * @throws SandboxError `USAGE`: a cap that is not a whole number from 1 to 2,147,483,647
 */
export function resolveCaps(overrides: Partial<BridgeCaps>): BridgeCaps {
  const caps = { ...defaultCaps, ...overrides };
  for (const [name, value] of Object.entries(caps)) {
    if (Number.isSafeInteger(value) && value >= 1 && value <= maxCap) continue;
    throw new SandboxError(
      'USAGE',
      `The cap ${name} must be a whole number from 1 to ${maxCap}, not ${value}.`,
    );
  }
  return Object.freeze(caps);
}
