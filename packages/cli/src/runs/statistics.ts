import { count, counted } from '@org/core';
import { type RunStatus, type Runs, tokensOf } from '@org/runs';
import { bytes, duration } from '../amounts.ts';
import { visibleText } from '../plain-text.ts';
import { foldToWidth, padToWidth, textWidth } from '../text-width.ts';
import { type Part, parts } from './statistics-parts.ts';

/** What one tool was called for, over all runs. */
interface ToolStatistics {
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
  readonly failed: number;
  readonly refused: number;
  readonly unknown: number;
  readonly cached: number;
  /** Of its answers. */
  readonly bytes: number;
  /** In the middle of all, and what 95 of 100 were faster than. */
  readonly ms: { readonly median: number; readonly p95: number };
}

/** Sums over recorded runs. Runs that have not ended count by their status alone. */
export interface Statistics {
  readonly runs: {
    readonly total: number;
    readonly byStatus: Readonly<Partial<Record<RunStatus, number>>>;
    readonly wallMs: number;
    readonly fuel: number;
  };
  /** Estimates, as in a receipt. */
  readonly tokens: { readonly returned: number; readonly keptOut: number };
  readonly cache: { readonly calls: number; readonly cached: number };
  /** The most called first. */
  readonly tools: readonly ToolStatistics[];
}

const pageRuns = 500;

/** @param since milliseconds since 1970; left out: all runs that are recorded */
export function statisticsOf(runs: Pick<Runs, 'get' | 'list'>, since?: number): Statistics {
  const byStatus: Partial<Record<RunStatus, number>> = {};
  const tools = new Map<string, Tally>();
  const sums = { total: 0, wallMs: 0, fuel: 0, fromTools: 0, returned: 0 };
  for (const { runId, status } of allRuns(runs, since)) {
    sums.total++;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    const outcome = runs.get(runId)?.outcome;
    if (outcome === undefined) continue;
    sums.wallMs += outcome.usage.wallMs;
    sums.fuel += outcome.usage.fuel;
    sums.fromTools += outcome.usage.bytesFromTools;
    sums.returned += outcome.usage.bytesReturned;
    for (const call of outcome.calls) {
      const key = JSON.stringify([call.server, call.tool]);
      const tally = tools.get(key) ?? newTally(call.server, call.tool);
      tools.set(key, tally);
      tally.times.push(call.ms);
      tally.bytes += call.bytes;
      if (call.cached) tally.cached++;
      if (call.status !== 'done') tally[call.status]++;
    }
  }
  const listed = [...tools.values()].map(({ times, ...tally }) => ({
    ...tally,
    calls: times.length,
    ms: { median: rank(times, 0.5), p95: rank(times, 0.95) },
  }));
  const { total, wallMs, fuel, fromTools, returned } = sums;
  return {
    runs: { total, byStatus, wallMs: Math.round(wallMs), fuel },
    tokens: {
      returned: tokensOf(returned),
      keptOut: Math.max(0, tokensOf(fromTools) - tokensOf(returned)),
    },
    cache: {
      calls: listed.reduce((all, { calls }) => all + calls, 0),
      cached: listed.reduce((all, { cached }) => all + cached, 0),
    },
    tools: listed.sort((a, b) => b.calls - a.calls),
  };
}

/** Of a tool, while it is counted. */
type Tally = {
  -readonly [Key in keyof Omit<ToolStatistics, 'calls' | 'ms'>]: ToolStatistics[Key];
} & { readonly times: number[] };

function newTally(server: string, tool: string): Tally {
  return { server, tool, failed: 0, refused: 0, unknown: 0, cached: 0, bytes: 0, times: [] };
}

function* allRuns(runs: Pick<Runs, 'list'>, since: number | undefined) {
  for (let after: string | undefined; ; ) {
    const page = runs.list({
      limit: pageRuns,
      ...(since !== undefined && { since }),
      ...(after !== undefined && { after }),
    });
    yield* page;
    after = page.at(-1)?.runId;
    if (page.length < pageRuns) return;
  }
}

function rank(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

/**
 * For a terminal of `width` columns; what does not fit goes on in the next line.
 * @param only one part of it
 */
export function statisticsText(
  { runs, tokens, cache, tools }: Statistics,
  width: number,
  only?: Part,
): string {
  const statuses = Object.entries(runs.byStatus).map(([status, number]) => `${number} ${status}`);
  const share = cache.calls === 0 ? 0 : Math.round((100 * cache.cached) / cache.calls);
  const texts: Readonly<Record<Part, readonly string[]>> = {
    runs: [
      `Runs: ${count(runs.total)}${statuses.length > 0 ? ` (${statuses.join(', ')})` : ''}, ${duration(runs.wallMs)}, fuel ${count(runs.fuel)}`,
    ],
    tokens: [
      `Tokens (estimate, a token for 4 bytes): ${count(tokens.returned)} returned, ${count(tokens.keptOut)} kept out`,
    ],
    cache: [`Cache: ${count(cache.cached)} of ${counted(cache.calls, 'call')}, ${share} %`],
    tools: [tools.length === 0 ? 'Tools: none were called' : 'Tools:', ...toolLines(tools, width)],
  };
  const shown = only === undefined ? parts : [only];
  const lines = shown.flatMap((part) => texts[part]);
  return `${lines.flatMap((line) => foldToWidth(line, width, '    ')).join('\n')}\n`;
}

/** Names beside what is told of each, or above it where a terminal is too narrow for one of them. */
function toolLines(tools: readonly ToolStatistics[], width: number): string[] {
  const named = tools.map((one) => [nameOf(one), toolText(one)] as const);
  const widest = Math.max(0, ...named.map(([name]) => textWidth(name)));
  const lines = named.map(([name, text]) => `  ${padToWidth(name, widest)}  ${text}`);
  if (lines.every((line) => textWidth(line) <= width)) return lines;
  return named.flatMap(([name, text]) => [`  ${name}`, `    ${text}`]);
}

function toolText({ calls, failed, refused, unknown, cached, ms, ...one }: ToolStatistics): string {
  const odd = Object.entries({ failed, refused, unknown, cached }).filter(([, n]) => n > 0);
  const words = odd.map(([what, n]) => `, ${count(n)} ${what}`).join('');
  return `${counted(calls, 'call')}, median ${duration(ms.median)}, p95 ${duration(ms.p95)}, ${bytes(one.bytes)}${words}`;
}

const nameOf = ({ server, tool }: ToolStatistics): string => visibleText(`${server}.${tool}`);
