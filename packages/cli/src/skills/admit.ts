import { createInterface } from 'node:readline/promises';
import { SandboxError } from '@org/core';
import { type CheckedSkill, changedFiles, type SkillStore } from '@org/skill-store';
import { visibleText } from '../plain-text.ts';
import type { Terminal } from '../terminal-approver.ts';

export interface AdmitOptions {
  /** `--trust-skill`. */
  readonly trust: boolean | undefined;
  readonly signal: AbortSignal;
  /** Whom to ask; left out: nobody can be. */
  readonly terminal?: Terminal | undefined;
}

/** The person at the terminal that this process runs in; undefined where there is none. */
export function ownTerminal(hold: Terminal['hold']): Terminal | undefined {
  const { stdin: input, stderr: output } = process;
  return input.isTTY && output.isTTY ? { input, output, hold } : undefined;
}

/**
 * Lets a version of a skill be run: one that the user saved or agreed to, or agrees to now. Other
 * versions are asked about at a terminal, and refused where there is none.
 * @throws SandboxError `SKILL_NOT_TRUSTED`
 */
export async function admitSkill(
  store: SkillStore,
  skill: CheckedSkill,
  { trust, signal, terminal }: AdmitOptions,
): Promise<void> {
  if (await store.isTrusted(skill)) return;
  if (trust) return store.trust(skill);
  const before = await store.trustedVersions(skill);
  const state = describeState(skill, before);
  if (terminal === undefined) {
    throw new SandboxError('SKILL_NOT_TRUSTED', state, {
      hint: `Look at it with "mcp-cli skill info ${skill.id}"; if you agree, run "mcp-cli skill load ${skill.id} --trust-skill".`,
    });
  }
  const { input, output } = terminal;
  using _ = terminal.hold();
  output.write(`${state}\n${describeSkill(skill)}\n`);
  const lines = createInterface({ input, output, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const question = 'Run it? y: once, a: always this version, n: no [n] ';
    const answer = await Promise.race([lines.question(question, { signal }), ended]);
    if (/^(?:a|always)$/iu.test(answer.trim())) return await store.trust(skill);
    if (/^(?:y|yes|once)$/iu.test(answer.trim())) return;
    throw new SandboxError('SKILL_NOT_TRUSTED', `The skill ${skill.id} was not admitted.`);
  } finally {
    lines.close();
  }
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
