import { type JsonValue, plainText } from '@org/core';
import { type Fold, type FoldedStep, foldEffects } from './fold.ts';
import type { Plan, PlannedEffect } from './plan.ts';

const shownChars = 200;
const wholeChars = 100_000;
const shownValues = 3;

export interface PlanTextOptions {
  /** Each effect by itself, with its parameters up to 100,000 characters. Default: loops are folded. */
  readonly expand?: boolean;
}

/** A plan for a terminal. All text of programs and servers is on one line and acts as nothing. */
export function planText(plan: Plan, { expand = false }: PlanTextOptions = {}): string {
  const { effects, reads, status, stop, digest } = plan;
  const readCalls = reads.reduce((sum, { calls }) => sum + calls, 0);
  const lines = [
    `Plan ${digest}`,
    status === 'complete'
      ? `Complete: ${effects.length} effects, ${readCalls} reads`
      : `Partial: ${effects.length} effects, ${readCalls} reads, and what comes after is not known`,
    ...(stop === undefined ? [] : stopLines(stop)),
    '',
    ...(effects.length === 0 ? ['The program changes nothing.'] : []),
    ...(expand ? effects.flatMap(wholeLines) : foldEffects(effects).flatMap(foldLines)),
  ];
  return `${lines.join('\n')}\n`;
}

function stopLines({ call, because }: NonNullable<Plan['stop']>): readonly string[] {
  if (call === undefined) return [`  ${shown(because)}`];
  return [`  It stops at ${shown(`${call.server}.${call.tool}`)}: ${shown(because)}`];
}

function wholeLines(effect: PlannedEffect): readonly string[] {
  const params = plainText(JSON.stringify(effect.params)).slice(0, wholeChars);
  return [`${effect.effect}. ${nameOf(effect)} ${params}`, ...dependenceLines([effect])];
}

function foldLines({ times, steps }: Fold): readonly string[] {
  const [first] = steps;
  if (first === undefined) return [];
  if (steps.length === 1) return stepLines(first, times);
  return [
    `${first.effects[0]?.effect}. ${times} times:`,
    ...steps.flatMap((step) => stepLines(step, times).map((line) => `  ${line}`)),
  ];
}

function stepLines({ effects, varying }: FoldedStep, times: number): readonly string[] {
  const [first] = effects;
  if (first === undefined) return [];
  const repeated = times > 1 ? ` × ${times}` : '';
  return [
    `${first.effect}. ${nameOf(first)}${repeated} ${shown(JSON.stringify(first.params))}`,
    ...[...varying].map(([at, values]) => `   ${shown(at)}: ${rangeOf(values)}`),
    ...dependenceLines(effects),
  ];
}

function dependenceLines(effects: readonly PlannedEffect[]): readonly string[] {
  const lines = new Set<string>();
  for (const { dependsOn } of effects) {
    for (const { at, parts } of dependsOn) {
      if (parts.length === 0) {
        lines.add(`   ${shown(at || 'the parameters')}: from an earlier answer; it is asked about`);
        continue;
      }
      const from = parts.map((part) =>
        typeof part === 'string'
          ? shown(JSON.stringify(part))
          : `answer ${part.effect} ${part.path}`,
      );
      lines.add(`   ${shown(at)}: ${shown(from.join(' + '))}`);
    }
  }
  const listed = [...lines];
  if (listed.length <= shownValues) return listed;
  return [...listed.slice(0, shownValues), `   … and ${listed.length - shownValues} more`];
}

/** What differs within a loop: the ends of numbers, some of other values. */
function rangeOf(values: readonly JsonValue[]): string {
  const distinct = [...new Set(values.map((value) => JSON.stringify(value)))];
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) {
    const smallest = numbers.reduce((one, other) => Math.min(one, other));
    const largest = numbers.reduce((one, other) => Math.max(one, other));
    return `${smallest} to ${largest}, ${distinct.length} different`;
  }
  const some = distinct.slice(0, shownValues).map(shown).join(', ');
  if (distinct.length <= shownValues) return some;
  return `${some}, … ${shown(distinct.at(-1) as string)}, ${distinct.length} different`;
}

function nameOf({ kind, server, tool }: PlannedEffect): string {
  return shown(kind === 'call' ? `${server}.${tool}` : tool);
}

/** On one line, and not too long for it. */
function shown(text: string): string {
  const line = plainText(text.slice(0, 10 * shownChars)).replaceAll(/\s+/gu, ' ');
  return line.length > shownChars ? `${line.slice(0, shownChars)}…` : line;
}
