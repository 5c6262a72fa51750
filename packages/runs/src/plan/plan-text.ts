import { counted, plainText } from '@org/core';
import { type Fold, type FoldedStep, foldEffects } from './fold.ts';
import type { Plan, PlannedEffect } from './plan.ts';
import { shownParams } from './shown-params.ts';

const shownChars = 200;
const wholeChars = 100_000;
const shownValues = 3;
const number = /^-?\d/u;

export interface PlanTextOptions {
  /** Each effect by itself, with its parameters up to 100,000 characters. Default: loops are folded. */
  readonly expand?: boolean;
}

/** A plan for a terminal. All text of programs and servers is on one line and acts as nothing. */
export function planText(plan: Plan, { expand = false }: PlanTextOptions = {}): string {
  const { effects, reads, status, stop, digest } = plan;
  const readCalls = reads.reduce((sum, { calls }) => sum + calls, 0);
  const found = `${counted(effects.length, 'effect')}, ${counted(readCalls, 'read')}`;
  const lines = [
    `Plan ${digest}`,
    status === 'complete'
      ? `Complete: ${found}`
      : `Partial: ${found}, and what comes after is not known`,
    ...(stop === undefined ? [] : stopLines(stop)),
    '',
    ...(effects.length === 0 ? ['The program changes nothing.'] : []),
    ...(expand ? effects.flatMap(wholeLines) : foldEffects(effects).flatMap(foldLines)),
  ];
  return `${lines.join('\n')}\n`;
}

function stopLines({ call, because }: NonNullable<Plan['stop']>): readonly string[] {
  if (call === undefined) return [`  ${shown(because)}`];
  return [
    `  It stops at ${shown(call.server === undefined ? call.tool : `${call.server}.${call.tool}`)}: ${shown(because)}`,
  ];
}

function wholeLines(effect: PlannedEffect): readonly string[] {
  const params = shownParams(effect);
  const rest = params.length - wholeChars;
  const more = rest > 0 ? `… and ${counted(rest, 'character')} more` : '';
  return [`${effect.effect}. ${nameOf(effect)} ${params.slice(0, wholeChars)}${more}`];
}

function foldLines({ times, steps }: Fold): readonly string[] {
  const [first] = steps;
  if (first === undefined) return [];
  if (steps.length === 1) return stepLines(first, times);
  const numbers = steps.flatMap(({ effects }) => effects.map(({ effect }) => effect));
  return [
    `${Math.min(...numbers)} to ${Math.max(...numbers)}. ${times} times:`,
    ...steps.flatMap((step) => stepLines(step, 1).map((line) => `  ${line}`)),
  ];
}

function stepLines({ effects, varying }: FoldedStep, times: number): readonly string[] {
  const [first] = effects;
  if (first === undefined) return [];
  const repeated = times > 1 ? ` × ${times}` : '';
  return [
    `${first.effect}. ${nameOf(first)}${repeated} ${shortened(shownParams(first))}`,
    ...[...varying].map(([at, values]) => `   ${shown(at)}: ${rangeOf(values)}`),
  ];
}

/** What differs within a loop: the ends of numbers, some of other values. All are JSON. */
function rangeOf(values: readonly string[]): string {
  const distinct = [...new Set(values)];
  const different = `${distinct.length} different`;
  if (values.every((value) => number.test(value))) {
    const sorted = distinct.map(Number).sort((one, other) => one - other);
    return `${sorted[0]} to ${sorted.at(-1)}, ${different}`;
  }
  const some = distinct.slice(0, shownValues).map(shortened).join(', ');
  if (distinct.length <= shownValues) return some;
  return `${some}, … ${shortened(distinct.at(-1) as string)}, ${different}`;
}

function nameOf({ kind, by = [], server, tool }: PlannedEffect): string {
  const through = by.map((name) => `${name} > `).join('');
  return shown(`${through}${kind === 'call' ? `${server}.${tool}` : tool}`);
}

/** On one line, and not too long for it. */
function shown(text: string): string {
  return shortened(plainText(text.slice(0, 10 * shownChars)).replaceAll(/\s+/gu, ' '));
}

function shortened(line: string): string {
  return line.length > shownChars ? `${line.slice(0, shownChars)}…` : line;
}
