import { SandboxError } from '@org/core';
import fc from 'fast-check';

/** What is fuzzed, and what has to hold whatever it is given. */
export interface Target {
  readonly name: string;
  /** With inputs that fast-check makes. */
  readonly property: fc.IRawProperty<unknown>;
  /** Inputs as bytes, to change from. */
  readonly seeds: readonly Uint8Array[];
  /** What means something to the reader of these bytes. */
  readonly words: readonly string[];
  /** @throws where the claim does not hold for this input */
  readonly holds: (bytes: Uint8Array) => void;
}

interface Bytes<Input> {
  readonly seeds: readonly (Uint8Array | string)[];
  readonly words?: readonly string[];
  /** Undefined: these bytes are no input. */
  readonly read: (bytes: Uint8Array) => Input | undefined;
}

export function target<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  { seeds, words = [], read }: Bytes<Input>,
  holds: (input: Input) => void,
): Target {
  return {
    name,
    property: fc.property(inputs, holds) as fc.IRawProperty<unknown>,
    seeds: seeds.map((seed) => (typeof seed === 'string' ? Buffer.from(seed) : seed)),
    words,
    holds: (bytes) => {
      const input = read(bytes);
      if (input !== undefined) holds(input);
    },
  };
}

export const asBytes = (bytes: Uint8Array): Uint8Array => bytes;

export const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

export function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(asText(bytes));
  } catch {
    return undefined;
  }
}

/** Runs `work`; only these refusals are fine. */
export function onlyRefuses<Result>(
  codes: readonly string[],
  work: () => Result,
): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SandboxError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

export function must(condition: boolean, claim: string): void {
  if (!condition) throw new Error(`It does not hold that ${claim}.`);
}

export function unpolluted(): void {
  must(!('polluted' in {}), 'no prototype has changed');
}
