import { bytes, count, duration } from '../../amounts.ts';
import type { LimitReceipt, Receipt } from '../receipt.ts';
import { type Html, html } from './html.ts';

const limitNames: Readonly<Record<LimitReceipt['limit'], string>> = {
  fuel: 'fuel',
  memoryBytes: 'memory',
  wallMs: 'wall time',
  toolCalls: 'tool calls',
  outputBytes: 'result',
};

function shown({ limit }: LimitReceipt, amount: number): string {
  if (limit === 'wallMs') return duration(amount);
  return limit === 'memoryBytes' || limit === 'outputBytes' ? bytes(amount) : count(amount);
}

const mostTools = 200;

/** What the run has cost, and what its limits had left. */
export function receiptSection(receipt: Receipt | undefined): Html | undefined {
  if (receipt === undefined) return undefined;
  const { usage, tools, limits, tokensKeptOut, tokensReturned } = receipt;
  const tiles = [
    ['tokens kept out (about)', count(tokensKeptOut)],
    ['tokens returned (about)', count(tokensReturned)],
    ['from tools', bytes(usage.bytesFromTools)],
    ['returned', bytes(usage.bytesReturned)],
    ['tool calls', count(usage.toolCalls)],
    ['from the cache', count(usage.cacheHits)],
  ] as const;
  const bars = limits.map((one) => {
    const { used, allowed } = one;
    const share = Math.min(100, (used / allowed) * 100).toFixed(1);
    return html`<tr><th scope="row">${limitNames[one.limit]}</th><td class="number">${shown(one, used)}</td><td class="number">of ${shown(one, allowed)}</td><td class="wide"><meter min="0" max="100" value="${share}" aria-label="${share} percent used"></meter></td></tr>`;
  });
  const rows = tools
    .slice(0, mostTools)
    .map(
      ({ server, tool, calls, cached, failed, ms, bytes: size }) =>
        html`<tr><th scope="row">${`${server}.${tool}`.slice(0, 300)}</th><td class="number">${count(calls)}</td><td class="number">${count(cached)}</td><td class="number">${count(failed)}</td><td class="number">${duration(ms)}</td><td class="number">${bytes(size)}</td></tr>`,
    );
  const byTool =
    rows.length === 0
      ? undefined
      : html`<table><thead><tr><th scope="col">Tool</th><th scope="col">Calls</th><th scope="col">Cached</th><th scope="col">Not done</th><th scope="col">Time</th><th scope="col">Answers</th></tr></thead><tbody>${rows}</tbody></table>`;
  const more =
    tools.length > mostTools
      ? html`<p class="note">The ${mostTools} of ${tools.length} tools that took longest.</p>`
      : undefined;
  return html`<section id="receipt"><h2>Receipt</h2><dl class="tiles">${tiles.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl><table class="limits"><tbody>${bars}</tbody></table>${byTool}${more}</section>`;
}
