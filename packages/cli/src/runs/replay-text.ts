import { count, counted, type HostCall } from '@org/core';
import type { ReplayDifference, ReplayReport } from '@org/runs';
import { jsonText, plainLine } from '../plain-text.ts';
import { shownJson } from './call-text.ts';

const longestValue = 2_000;

/** What a replay has found, for a terminal; nothing in it acts or hides. */
export function replayText({ same, difference, steps, calls, outcome }: ReplayReport): string {
  if (same) {
    const fuel = count(outcome.usage.fuel);
    return `The same again: ${outcome.status}, ${counted(calls, 'call')} in ${counted(steps, 'step')}, fuel ${fuel}.`;
  }
  const told = difference === undefined ? ['It is another run.'] : differenceLines(difference);
  return [
    `Not the same, after ${counted(calls, 'call')} in ${counted(steps, 'step')}.`,
    ...told,
  ].join('\n');
}

function differenceLines(difference: ReplayDifference): string[] {
  if (difference.at === 'outcome') {
    const { field, recorded, replayed } = difference;
    return [
      `The first difference is in ${plainLine(field)}.`,
      `Recorded:\n${cut(jsonText(recorded))}`,
      `Replayed:\n${cut(jsonText(replayed))}`,
    ];
  }
  const { made, recorded } = difference;
  return [
    `The first difference is call ${made.id}, to ${callName(made)}.`,
    recorded === undefined
      ? 'It is not recorded at all.'
      : `Recorded is ${callName(recorded)} with\n${cut(argsText(recorded))}`,
    `Made is ${callName(made)} with\n${cut(argsText(made))}`,
  ];
}

/** Server and tool of a tool call, or the host function. */
function callName({ name, args }: HostCall): string {
  return plainLine(name === 'callTool' ? `${args[0]}.${args[1]}` : name).slice(0, 200);
}

/** The arguments, in lines that are indented. */
function argsText({ name, args }: HostCall): string {
  if (name === 'callTool') return shownJson(args[2] ?? '');
  return shownJson(JSON.stringify(args));
}

function cut(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}
