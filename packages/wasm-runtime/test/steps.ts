/** The step protocol by hand: what the host writes to an engine, and what it reads. */
import { fieldText, MessageWriter, readFrames } from '../src/frames.ts';
import type { StepResult } from '../src/instance.ts';
import { inbound, type StartOptions } from '../src/wire.ts';

export const startTime = Date.UTC(2026, 0, 1);

const options: StartOptions = {
  seed: [1, 2, 3, 4],
  toolCalls: 100,
  outputBytes: 1_000_000,
  logBytes: 100_000,
  extensions: [],
  mailbox: true,
};

/** A message that starts `code`, which is not compiled: it must call `$deliver` itself. */
export function startMessage(code: string, changes: Partial<StartOptions> = {}): Uint8Array {
  return new MessageWriter()
    .frame(inbound.start, 0, JSON.stringify({ ...options, ...changes }), code, '{}')
    .finish(startTime);
}

export function answerMessage(id: number, text: string, now = startTime + 10): Uint8Array {
  return new MessageWriter().frame(inbound.answer, id, text).finish(now);
}

/** The frames of some bytes, as readable rows. */
export function frames(bytes: Uint8Array): { kind: number; id: number; fields: string[] }[] {
  return [...readFrames(bytes)].map((frame) => ({
    kind: frame.kind,
    id: frame.id,
    fields: frame.fields.map((_, index) => fieldText(frame, index)),
  }));
}

export function logLines(result: StepResult): string[] {
  return frames(result.logs).map(({ fields }) => fields[1] as string);
}
