import { plainText } from '@org/core';
import type { Answer } from './answer.ts';
import { describeGroup } from './call-groups.ts';

/**
 * An answer for who reads text: the result alone, a text as it is and all else as JSON, and in a
 * block of its own what is to be said about it.
 */
export function textsOf(answer: Answer): string[] {
  const { status, value } = answer;
  const about = aboutText(answer);
  if (status !== 'returned') return [about];
  const result = plainText(typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return about === '' ? [result] : [result, about];
}

function aboutText(answer: Answer): string {
  const { status, runId, cut, error, problems, limit, calls, questions, logs, notes, next } =
    answer;
  const lines: string[] = [];
  if (status !== 'returned') lines.push(headline(answer));
  if (error?.at !== undefined) lines.push(error.at);
  if (problems !== undefined) lines.push(...problems);
  if (limit !== undefined) lines.push(`The limit ${limit.kind} of ${limit.allowed} was reached.`);
  if (cut !== undefined) {
    const shown = cut.parts.map(
      ({ at, shown: part }) => `${at === '' ? 'the result' : at}: ${part}`,
    );
    if (cut.moreParts !== undefined) shown.push(`${cut.moreParts} more parts`);
    lines.push(`Cut to fit; shown are ${shown.join('; ')}.`);
    if (cut.whole !== undefined && runId !== undefined) {
      const path = cut.parts.find(({ next }) => next !== undefined)?.next ?? '/items/20-39';
      lines.push(
        `For the rest call resume_run with runId "${runId}" and select, such as ${JSON.stringify([path])}, or read ${cut.whole}. Better: return less.`,
      );
    }
  }
  if (questions !== undefined) {
    lines.push('Waiting calls:');
    for (const { call, params, cut: isCut } of questions) {
      lines.push(`  ${call}(${JSON.stringify(params)})${isCut ? ' (cut)' : ''}`);
    }
  }
  if (calls !== undefined) lines.push(`Calls: ${calls.map(describeGroup).join('; ')}.`);
  if (logs !== undefined) lines.push('Logs:', ...logs.map((line) => `  ${line}`));
  if (notes !== undefined) lines.push(...notes);
  if (next !== undefined) lines.push(`Next: ${next}`);
  return lines.join('\n');
}

function headline({ status, error, runId }: Answer): string {
  switch (status) {
    case 'suspended':
      return `The run ${runId} is suspended.`;
    case 'limit':
      return 'The run was stopped.';
    case 'returned':
      return '';
    default:
      return error === undefined ? status : `${error.name}: ${error.message}`;
  }
}
