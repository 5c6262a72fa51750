/** The step protocol by hand: what the host writes to an engine, and what it reads. */
import { MessageWriter, readFrames } from '../src/frames.ts';
import type { StepResult } from '../src/instance.ts';
import { inbound, outbound, type StartOptions } from '../src/wire.ts';

const startTime = Date.UTC(2026, 0, 1);

const options: StartOptions = {
  seed: [1, 2, 3, 4],
  toolCalls: 100,
  outputBytes: 1_000_000,
  logBytes: 100_000,
  extensions: [],
};

/** A message that starts `code`, which is not compiled: it gives its result to `$deliver`. */
export function startMessage(code: string, changes: Partial<StartOptions> = {}): Uint8Array {
  return new MessageWriter()
    .frame(inbound.start, 0, JSON.stringify({ ...options, ...changes }), exporting(code), '{}')
    .finish(startTime);
}

/** A message that starts what a `load` frame brought. */
export function startLoadedMessage(args: string, changes: Partial<StartOptions> = {}): Uint8Array {
  return new MessageWriter()
    .frame(inbound.start, 0, JSON.stringify({ ...options, ...changes }), '', args)
    .finish(startTime);
}

/** `code` as the compiler writes it, with the value given to `$deliver` as the default export. */
const exporting = (code: string): string =>
  `const $deliver = (value) => $export({ default: value }); ${code}`;

export function answerMessage(id: number, text: string, now = startTime + 10): Uint8Array {
  return new MessageWriter().frame(inbound.answer, id, text).finish(now);
}

/** The frames of some bytes, as readable rows. */
export function frames(bytes: Uint8Array): { kind: number; id: number; fields: string[] }[] {
  return [...readFrames(bytes)].map((frame) => ({
    kind: frame.kind,
    id: frame.id,
    fields: [...frame.fields],
  }));
}

export function logLines(result: StepResult): string[] {
  return frames(result.output)
    .filter(({ kind }) => kind === outbound.log)
    .map(({ fields }) => fields[1] as string);
}
