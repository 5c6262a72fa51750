import { counted, type HostCall, plainText } from '@org/core';
import type { FixReport } from './fix.ts';

const shownCalls = 20;
const shownChars = 300;

/** What a fix made of a record, for a terminal. Nothing of it acts or hides. */
export function fixText(report: FixReport): string {
  const { parentRunId, reused, made, firstDifference, notMade, unknown } = report;
  const lines = [
    `Of the run ${parentRunId}: ${counted(reused, 'call took its recorded answer', 'calls took their recorded answers')}, ${counted(made, 'was', 'were')} made`,
    firstDifference === undefined
      ? 'Every call is in the record'
      : `First difference: ${callText(firstDifference)}`,
    ...listed('Made again or failed, since it was not known whether they took effect', unknown),
    ...listed('Recorded, and not made any more', notMade),
  ];
  return `${lines.join('\n')}\n`;
}

function listed(title: string, calls: readonly HostCall[]): readonly string[] {
  if (calls.length === 0) return [];
  const more = calls.length - shownCalls;
  return [
    `${title}:`,
    ...calls.slice(0, shownCalls).map((call) => `  ${callText(call)}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function callText({ id, name, args }: HostCall): string {
  const [server = '', tool = '', params = ''] = args;
  const text = name === 'callTool' ? `${server}.${tool} ${params}` : `${name} ${args.join(' ')}`;
  const line = plainText(text.slice(0, 10 * shownChars)).replaceAll(/\s+/gu, ' ');
  return `${id}. ${line.length > shownChars ? `${line.slice(0, shownChars)}…` : line}`;
}
