/**
 * The bytes of a step, both ways. All integers are little-endian, all frames start at a multiple of 4.
 *
 * Into the guest: `now` as f64 (milliseconds since 1970, the clock of this step), then frames.
 * Out of the guest: frames.
 * A frame: its kind and the number of its fields (u8 each, then 2 bytes of 0), an id (u32), the
 * length of its text in bytes (u32), the length of each field in UTF-16 code units (u32 each), and
 * the text of all fields, one after the other in UTF-8, up to the next multiple of 4.
 */

/** Of a frame, without the lengths of its fields. */
export const frameHeadBytes = 12;

/** Kinds of frames that go into the guest. */
export const inbound = {
  /** id 0; fields: `StartOptions` as JSON, the bundled program or empty, its arguments as JSON. */
  start: 1,
  /** id of the call; field: the answer (plain text for files, JSON or nothing for others). */
  answer: 2,
  /** id of the call; field: a `CallError` as JSON. */
  failure: 3,
  /** id 0; field: four 32-bit words as JSON, from which all further random numbers follow. */
  reseed: 4,
  /** id 0; field: the bundled program. It is parsed and kept; a `start` without one runs it. */
  load: 5,
} as const;

/** Kinds of frames that come out of the guest. */
export const outbound = {
  /** id of the call; fields: name of the host function, then its arguments as text. */
  call: 1,
  /** id of a call whose answer is no longer wanted. */
  cancel: 2,
  /** id 0; fields: level, message, fields as JSON or empty. */
  log: 3,
  /** id 0; field: the result as JSON. */
  returned: 4,
  /** id 0; fields: name, message, stack as the engine writes it, code or empty. */
  threw: 5,
} as const;

/** What a log line costs of `logBytes`, besides its text. */
export const logLineBytes = 24;

/** What the guest writes into its mailbox before it traps because of a limit. */
export const mailboxLimit = { none: 0, toolCalls: 1, output: 2, logs: 3, depth: 4 } as const;

/**
 * A buffer at a fixed place in the guest's memory, which the host reads and writes between steps, so
 * that small messages cross without a call, and frames outlive a trap:
 *
 * | offset | |
 * |---|---|
 * | 0 | magic, 32 bytes |
 * | 32 | limit (u32), see `mailboxLimit` |
 * | 36 | bytes of frames in the outbox (u32) |
 * | 40 | whether there are more than fit: then `collect` hands out all of them (u32) |
 * | 44 | bytes of the message in the inbox (u32) |
 * | 64 | inbox |
 * | 65,536 | outbox: 64 KiB |
 */
export const mailbox = {
  magicBytes: 32,
  limit: 32,
  written: 36,
  more: 40,
  delivered: 44,
  inbox: 64,
  outbox: 65_536,
  size: 131_072,
} as const;

/** Byte `index` of the magic that starts the mailbox. */
export const magicByte = (index: number): number => (index * 167 + 89) % 251;

export interface StartOptions {
  /** Four 32-bit words. */
  readonly seed: readonly [number, number, number, number];
  readonly toolCalls: number;
  readonly outputBytes: number;
  readonly logBytes: number;
  /** The export that is the result, which must be there. Left out: the default one, or nothing. */
  readonly entry?: string;
  /** Names of host functions that become globals beside the usual ones. */
  readonly extensions: readonly string[];
}
