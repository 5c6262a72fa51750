/**
 * The bytes of a step, both ways. All integers are little-endian.
 *
 * Into the guest: `now` as f64 (milliseconds since 1970, the clock of this step), then frames.
 * Out of the guest: frames.
 * A frame: kind u8, id u32, field count u8, then for each field its length u32 and UTF-8 text.
 */

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

/** What the guest writes into its mailbox before it traps because of a limit. */
export const mailboxLimit = { none: 0, toolCalls: 1, output: 2, logs: 3, depth: 4 } as const;

/**
 * A buffer at a fixed place in the guest's memory, which the host reads after each step and after
 * a trap: magic (32 bytes), limit u32, used u32, then `used` bytes of log frames. So what a
 * program logged is known however it ended.
 */
export const mailbox = { magicBytes: 32, limit: 32, used: 36, data: 40, size: 65_536 } as const;

/** Byte `index` of the magic that starts the mailbox. */
export const magicByte = (index: number): number => (index * 167 + 89) % 251;

export interface StartOptions {
  /** Four 32-bit words. */
  readonly seed: readonly [number, number, number, number];
  readonly toolCalls: number;
  readonly outputBytes: number;
  readonly logBytes: number;
  /** Names of host functions that become globals beside the usual ones. */
  readonly extensions: readonly string[];
  /** Whether the host reads the mailbox; otherwise logs come as frames. */
  readonly mailbox: boolean;
}
