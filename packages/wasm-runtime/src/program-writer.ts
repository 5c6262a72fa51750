import { profiles, SandboxError } from '@org/core';
import type { Engine } from './engine.ts';
import type { EngineState } from './engine-state.ts';
import { MessageWriter, readFrames } from './frames.ts';
import { parseThrown } from './guest-frames.ts';
import { unpackState } from './packed-state.ts';
import type { Program, ProgramWriter } from './program.ts';
import { encodeProgramFile, programSection } from './program-file.ts';
import { standaloneComponent } from './standalone.ts';
import { inbound } from './wire.ts';
import type { WorkerPool } from './worker-pool.ts';

/**
 * Parses a program in a pristine engine, without running any of it.
 * @returns the engine's state, ready for a `start` without a program; the same each time
 * @throws SandboxError `SYNTAX` for what only the engine's parser refuses, or what is too large
 */
async function loadProgram(pool: WorkerPool, program: Program): Promise<EngineState> {
  const { name, code, toPosition } = program;
  const guest = await pool.enter();
  try {
    const message = new MessageWriter().frame(inbound.load, 0, code).finish(0);
    const { output, trap } = await guest.step({ type: 'start', limits: profiles.strict, message });
    for (const frame of readFrames(output)) {
      const { message, stack } = parseThrown(frame, toPosition);
      const place = /\n {4}at (.*)$/u.exec(stack);
      throw new SandboxError('SYNTAX', place === null ? message : `${message} (${place[1]})`);
    }
    if (trap !== undefined) {
      throw new SandboxError(
        'SYNTAX',
        `${name} cannot be parsed: the engine ran out of ${trap.kind}.`,
        {
          hint: 'Split it into smaller programs.',
        },
      );
    }
    return unpackState(await guest.freeze());
  } finally {
    guest.release();
  }
}

/** Writes programs down, each loaded in a worker of `pool` first. */
export function programWriter(engine: Engine, pool: WorkerPool): ProgramWriter {
  return {
    async toModule(program) {
      await loadProgram(pool, program);
      return encodeProgramFile(program, engine.digest);
    },
    async toComponent(program) {
      const section = programSection(program, engine.digest);
      return standaloneComponent(engine, await loadProgram(pool, program), section);
    },
  };
}
