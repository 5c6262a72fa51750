import type { JsonValue, ProfileName, RunOutcome } from '@org/core';
import { type ProgramSkill, tapeOf } from '@org/skill-store';
import { MemoryJournal, type RunEvent, type Sandbox } from '@org/wasm-runtime';
import type { Toolbox } from '../toolbox.ts';
import { serversOf } from './call-skill.ts';
import { recordedOutcome } from './compare-run.ts';
import { declaredTools } from './declared-tools.ts';
import { describeDrift } from './describe-drift.ts';
import { openSkillProgram, staleWarning } from './skill-program.ts';
import { addRun, cassetteOf } from './test-skill.ts';

export interface RunSkillOptions {
  readonly args: JsonValue;
  readonly profile: ProfileName;
  /** Left out: another one each time. */
  readonly seed: string | undefined;
  /** Refuse tools that have changed since the skill was saved. */
  readonly strict: boolean;
  /** Keep the run in the skill's cassette. */
  readonly record: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Gets texts that are ready to be shown. */
  readonly warn: (text: string) => void;
}

/**
 * Runs a skill that is admitted, with the tools that it has declared.
 * @param sandbox whose files are those of `filesOfSkill`
 * @throws SandboxError as compiling does where the module is for another engine, or as saving does
 */
export async function runSkill(
  skill: ProgramSkill,
  { toolbox, sandbox }: { readonly toolbox: Toolbox; readonly sandbox: Sandbox },
  options: RunSkillOptions,
): Promise<RunOutcome> {
  const { args, profile, signal, strict, warn, onEvent, seed = crypto.randomUUID() } = options;
  const { program, stale } = await openSkillProgram(sandbox, skill);
  if (stale) warn(staleWarning(skill));
  const declared = declaredTools(skill, serversOf({ toolbox, sandbox }), {
    strict,
    onDrift: (drift) => warn(describeDrift(drift)),
  });
  const common = { args, seed, startTime: Date.now() };
  if (!options.record) {
    return sandbox.run(program, { ...common, profile, signal, onEvent, tools: declared });
  }
  const journal = new MemoryJournal();
  const outcome = await sandbox.run(program, {
    ...{ ...common, profile, signal, onEvent, journal },
    tools: declared,
  });
  const { engineDigest } = sandbox;
  const run = {
    ...common,
    engineDigest,
    ...tapeOf(journal.run),
    outcome: recordedOutcome(outcome),
  };
  await toolbox.skills.replaceFile(skill, 'cassette.json', addRun(cassetteOf(skill), run));
  return outcome;
}
