import { plainText } from '@org/core';
import { type RunRecord, receiptOf, receiptText } from '@org/runs';
import { amount, bytes, duration } from '../amounts.ts';
import { jsonText, plainLine } from '../plain-text.ts';
import { cutToWidth, foldToWidth } from '../text-width.ts';
import { adviceFor } from './advice.ts';
import { runFacts } from './run-facts.ts';
import { type ShownCall, shownCalls } from './shown-calls.ts';

const mostCalls = 200;
const mostLogs = 200;
const longestName = 120;
/** Of what is left of a name. */
const shortestName = 8;

/** How a run ended, as text: its result, its error, or the limit that it met. */
export function endingOf({ outcome }: RunRecord): string | undefined {
  switch (outcome?.status) {
    case undefined:
    case 'suspended':
      return undefined;
    case 'returned':
      return jsonText(outcome.value);
    case 'threw':
    case 'aborted':
      return outcome.error.stack;
    case 'limit':
      return `The limit ${outcome.limit.kind} (${amount(outcome.limit.kind, outcome.limit.allowed)}) was reached.`;
    default:
      return outcome satisfies never;
  }
}

/**
 * All that a person wants to know of a run, for a terminal; nothing in it acts or hides.
 * @param width of the terminal; names of calls are cut to it, everything else goes on in the next line
 */
export function runText(record: RunRecord, width: number): string {
  const calls = shownCalls(record);
  const { runId, status, name, createdAt, outcome, limits } = record;
  const facts = [
    ['run', runId] as const,
    ['began', new Date(createdAt).toISOString()] as const,
    ...runFacts(record),
  ];
  const wide = Math.max(...facts.map(([key]) => key.length));
  const ending = endingOf(record);
  const receipt =
    outcome === undefined || status === 'suspended' || limits === undefined
      ? undefined
      : receiptText(receiptOf(outcome, limits)).trimEnd();
  const sections = [
    [
      `${plainLine(name)}: ${status}`,
      ...facts.flatMap(([key, value]) => {
        const line = `  ${key.padEnd(wide)}  ${cut(plainLine(value), 300)}`;
        return foldToWidth(line, width, ' '.repeat(wide + 4));
      }),
    ],
    callLines(calls, width),
    logLines(record),
    ending === undefined ? [] : ['How it ended:', ...indent(plainText(ending))],
    receipt === undefined ? [] : ['Receipt:', ...indent(receipt)],
    adviceFor(record, calls),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.flatMap((line) => foldToWidth(line, width, '    ')).join('\n')}\n`)
    .join('\n');
}

function callLines(calls: readonly ShownCall[], width: number): string[] {
  if (calls.length === 0) return [];
  const wide = String(calls.at(-1)?.id).length;
  const lines = calls.slice(0, mostCalls).map(({ id, name, status, record }) => {
    const took = record === undefined ? '' : ` ${duration(record.ms)}, ${bytes(record.bytes)}`;
    const head = `  ${String(id).padStart(wide)} ${status.padEnd(7)} `;
    const room = Math.max(shortestName, width - head.length - took.length);
    return `${head}${cutToWidth(cut(plainLine(name), longestName), room)}${took}`;
  });
  const rest = calls.length - mostCalls;
  return ['Calls:', ...lines, ...(rest > 0 ? [`  … and ${rest} more`] : [])];
}

function logLines({ logs }: RunRecord): string[] {
  if (logs.length === 0) return [];
  const lines = logs.slice(0, mostLogs).flatMap(({ level, message, fields }) => {
    const details = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
    // Further lines of a message are indented, so that none looks like a line of ours.
    return indent(plainText(`[${level}] ${message}${details}`).replaceAll('\n', '\n  '));
  });
  const rest = logs.length - mostLogs;
  return ['Logs:', ...lines, ...(rest > 0 ? [`  … and ${rest} more`] : [])];
}

const indent = (text: string): string[] => text.split('\n').map((line) => `  ${line}`);

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
