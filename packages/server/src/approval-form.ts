import type { ElicitRequestFormParams, ElicitResult } from '@modelcontextprotocol/server';
import { mostFurtherCalls } from '@org/core';
import type { Decision, PendingQuestion } from './agent-host.ts';

/** Of the whole question. What is longer cannot be judged in a dialog: the operator decides. */
const maxCharacters = 8_000;

export const approvalForm: ElicitRequestFormParams['requestedSchema'] = {
  type: 'object',
  properties: {
    decision: { type: 'string', title: 'Decision', enum: ['approve', 'refuse'] },
    further: {
      type: 'integer',
      title: 'Also approve so many further calls of the same tools in this run',
      minimum: 0,
      maximum: mostFurtherCalls,
      default: 0,
    },
  },
  required: ['decision'],
};

/** What the person is asked, with every argument in full; undefined where that is too long. */
export function questionText(questions: readonly PendingQuestion[]): string | undefined {
  const calls = questions.map(
    ({ server, tool, paramsJson }) =>
      `${visible(`${server}.${tool}`)}\n${visible(JSON.stringify(JSON.parse(paramsJson), null, 2))}`,
  );
  const many = questions.length > 1 ? `${questions.length} calls` : 'a call';
  const text = `A program asks to make ${many}:\n\n${calls.join('\n\n')}`;
  return text.length <= maxCharacters ? text : undefined;
}

/**
 * The decision in an answer; undefined for one that decides nothing. Declining refuses; only an
 * answer that says so approves.
 */
export function decisionIn({
  action,
  content,
}: Pick<ElicitResult, 'action'> & { readonly content?: unknown }):
  | Pick<Decision, 'approve' | 'further'>
  | undefined {
  if (action === 'decline') return { approve: false, further: 0 };
  if (action !== 'accept' || typeof content !== 'object' || content === null) return undefined;
  const { decision, further } = content as Record<string, unknown>;
  if (decision === 'refuse') return { approve: false, further: 0 };
  if (decision !== 'approve') return undefined;
  const count = typeof further === 'number' && Number.isInteger(further) ? further : 0;
  return { approve: true, further: Math.min(mostFurtherCalls, Math.max(0, count)) };
}

/** Text of a program with nothing hidden in it: what a reader would not see is written as \u…. */
function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{C}\n]|[\u2028\u2029]/gu, (character) =>
      [...character]
        .map((one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`)
        .join(''),
    );
}
