import { SandboxError } from '@org/core';
import { type CheckedSkill, changedFiles, type SkillStore } from '@org/skill-store';
import { visibleText } from '../plain-text.ts';
import type { TerminalQuestions } from '../terminal-questions.ts';

export interface AdmitOptions {
  /** `--trust-skill`. */
  readonly trust: boolean | undefined;
  readonly signal: AbortSignal;
  /** Left out: nobody can be asked. */
  readonly person?: TerminalQuestions | undefined;
}

/**
 * Lets a version of a skill be run: one that the user saved or agreed to, or agrees to now. Other
 * versions are asked about at a terminal, and refused where there is none.
 * @throws SandboxError `SKILL_NOT_TRUSTED`
 */
export async function admitSkill(
  store: SkillStore,
  skill: CheckedSkill,
  { trust, signal, person }: AdmitOptions,
): Promise<void> {
  if (await store.isTrusted(skill)) return;
  if (trust) return store.trust(skill);
  const before = await store.trustedVersions(skill);
  const state = describeState(skill, before);
  if (person === undefined) {
    throw new SandboxError('SKILL_NOT_TRUSTED', state, {
      hint: `Look at it with "mcp-cli skill info ${skill.id}"; if you agree, run "mcp-cli skill load ${skill.id} --trust-skill".`,
    });
  }
  const question = 'Run it? y: once, a: always this version, n: no [n] ';
  const answer = await person.ask({ shown: `${state}\n${describeSkill(skill)}`, question }, signal);
  if (answer === 'a' || answer === 'always') return store.trust(skill);
  if (answer === 'y' || answer === 'yes' || answer === 'once') return;
  throw new SandboxError('SKILL_NOT_TRUSTED', `The skill ${skill.id} was not admitted.`);
}

function describeState({ id, checksum, folder }: CheckedSkill, before: readonly string[]): string {
  const [last] = before;
  if (last === undefined) return `The skill ${id} is new here: ${visibleText(folder)}.`;
  // Of several, the one that is nearest to it.
  const changes = before
    .map((one) => changedFiles(one, checksum))
    .sort((a, b) => a.length - b.length);
  return `The skill ${id} has changed since you trusted it: ${changes[0]?.join(', ')} (${visibleText(folder)}).`;
}

/** What matters for the decision, each on a line; texts of the skill cannot act on a terminal. */
function describeSkill({ description, digest, metadata }: CheckedSkill): string {
  const tools = metadata.allow.map(visibleText).join(', ') || 'none';
  return `  ${visibleText(description).replaceAll('\n', ' ')}\n  It may call: ${tools}\n  BLAKE3 ${digest}`;
}
