import { MessageWriter } from './frames.ts';
import { inbound, type StartOptions } from './wire.ts';

/**
 * Starts a program that does what each begins and ends with. V8 compiles a function of the engine
 * when it is first called, for all threads of the process: about 40 ms of a first run are that.
 */
export function warmUpMessage(): Uint8Array {
  const options: StartOptions = {
    seed: [0, 0, 0, 0],
    toolCalls: 0,
    outputBytes: 1_000,
    logBytes: 0,
    extensions: [],
  };
  const code = '$export({ default: async (args) => [{ ...args }] });';
  return new MessageWriter()
    .frame(inbound.start, 0, JSON.stringify(options), code, '{"a": 1}')
    .finish(0);
}
