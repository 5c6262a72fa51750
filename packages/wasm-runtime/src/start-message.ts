import type { Limits } from '@org/core';
import { MessageWriter } from './frames.ts';
import type { Origin } from './run-request.ts';
import { inbound, type StartOptions } from './wire.ts';

/**
 * The message that starts a program.
 * @param clock milliseconds since 1970
 */
export function startMessage(
  { code, args, seed, entry }: Extract<Origin, { type: 'program' }>,
  { toolCalls, outputBytes, logBytes }: Limits,
  extensions: readonly string[],
  clock: number,
): Uint8Array {
  const own = entry === undefined ? {} : { entry };
  const options: StartOptions = { seed, toolCalls, outputBytes, logBytes, extensions, ...own };
  const writer = new MessageWriter();
  writer.frame(inbound.start, 0, JSON.stringify(options), code, args);
  return writer.finish(clock);
}
