import type { Engine } from '../src/engine.ts';
import { fieldText, MessageWriter, readFrames } from '../src/frames.ts';
import { Instance } from '../src/instance.ts';
import { inbound, type StartOptions } from '../src/wire.ts';

const options: StartOptions = {
  seed: [1, 2, 3, 4],
  toolCalls: 0,
  outputBytes: 1_000_000,
  logBytes: 0,
  extensions: [],
};

const program = `const names = [];
for (let owner = globalThis; owner !== null; owner = Object.getPrototypeOf(owner)) {
  names.push(...Object.getOwnPropertyNames(owner));
}
$export({ default: names });`;

/** What a program finds as globals, inherited ones included: told by a program. */
export function globalNames(engine: Engine): string[] {
  const guest = new Instance(engine);
  guest.start({ fuel: 1_000_000_000, memoryBytes: 2 * engine.memoryBytes });
  const start = new MessageWriter().frame(inbound.start, 0, JSON.stringify(options), program, '{}');
  const [returned] = readFrames(guest.step(start.finish(0)).output);
  if (returned === undefined) throw new Error('The engine does not run.');
  return JSON.parse(fieldText(returned, 0));
}
