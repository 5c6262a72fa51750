import { counted, SandboxError } from '@org/core';
import type { SampleCall } from './discovery.ts';
import { visibleText } from './plain-text.ts';
import type { TerminalQuestions } from './terminal-questions.ts';

export interface Consent {
  /** Left out: nobody can be asked. */
  readonly person: TerminalQuestions | undefined;
  /** Agreed to on the command line: calls that only read. */
  readonly yes: boolean;
  /** Agreed to on the command line: tools that may do more, as `<server>.<tool>`. */
  readonly confirmed: readonly string[];
  readonly signal: AbortSignal;
}

/** One call with all its parameters, in lines; what acts on a terminal is shown as code points. */
function describeCall({ server, tool, params }: SampleCall): string {
  const shown = visibleText(JSON.stringify(params, null, 2));
  return `  ${visibleText(`${server}.${tool}`)} ${shown.replaceAll('\n', '\n  ')}`;
}

/**
 * The calls that a person agrees to: those that only read as a whole, others tool by tool.
 * @throws SandboxError `APPROVAL_REQUIRED`: nobody agreed, and nobody can be asked
 */
export async function consentTo(
  calls: readonly SampleCall[],
  consent: Consent,
): Promise<readonly SampleCall[]> {
  const { yes, confirmed } = consent;
  const reads = calls.filter(({ readOnly }) => readOnly);
  const others = Map.groupBy(
    calls.filter(({ readOnly }) => !readOnly),
    ({ server, tool }) => `${server}.${tool}`,
  );
  const agreed: SampleCall[] = [];
  if (reads.length > 0 && (yes || (await asked(reads, 'These calls only read', consent)))) {
    agreed.push(...reads);
  }
  for (const [name, those] of others) {
    const what = `Nobody says that ${visibleText(name)} only reads`;
    if (confirmed.includes(name) || (await asked(those, what, consent))) agreed.push(...those);
  }
  return agreed;
}

async function asked(
  calls: readonly SampleCall[],
  what: string,
  { person, signal }: Consent,
): Promise<boolean> {
  const list = calls.map(describeCall).join('\n');
  if (person === undefined) {
    throw new SandboxError('APPROVAL_REQUIRED', `${what}, and nobody agreed to calls:\n${list}`, {
      hint: 'Use a terminal, or agree with --yes to calls that only read, with --confirm <server>.<tool> to others.',
    });
  }
  const count = calls.length === 1 ? 'this call' : `these ${counted(calls.length, 'call')}`;
  const question = `Make ${count}? [y/N] `;
  const answer = await person.ask({ shown: `${what}:\n${list}`, question }, signal);
  return answer === 'y' || answer === 'yes';
}
