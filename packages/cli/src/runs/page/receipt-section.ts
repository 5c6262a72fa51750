import { count } from '@org/core';
import type { Receipt } from '@org/runs';
import { amount, bytes, duration } from '../../amounts.ts';
import { type Html, html } from './html.ts';

type LimitName = Receipt['limits'][number]['limit'];

const limitNames: Readonly<Record<LimitName, string>> = {
  fuel: 'fuel',
  memory: 'memory',
  wall: 'wall time',
  toolCalls: 'tool calls',
  output: 'result',
  logs: 'logs',
};

const mostTools = 200;

/** What the run has cost, and what its limits had left. */
export function receiptSection(receipt: Receipt | undefined): Html | undefined {
  if (receipt === undefined) return undefined;
  const { tokens, bytes: sizes, cacheHits } = receipt;
  const calls = receipt.tools.reduce((sum, tool) => sum + tool.calls, 0);
  const tiles = [
    ['tokens kept out (estimate)', count(tokens.keptOut)],
    ['tokens returned (estimate)', count(tokens.returned)],
    ['from tools', bytes(sizes.fromTools)],
    ['result', bytes(sizes.result)],
    ['tool calls', count(calls)],
    ['from the cache', count(cacheHits)],
  ] as const;
  const shown = tiles.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<section id="receipt"><h2>Receipt</h2><dl class="tiles">${shown}</dl>${limitTable(receipt)}${toolTable(receipt)}</section>`;
}

function limitTable({ limits }: Receipt): Html {
  const rows = limits.map(({ limit, used, allowed }) => {
    const share = Math.min(100, (used / allowed) * 100).toFixed(1);
    return html`<tr><th scope="row">${limitNames[limit]}</th><td class="number">${amount(limit, used)}</td><td class="number">of ${amount(limit, allowed)}</td><td class="wide"><meter min="0" max="100" value="${share}" aria-label="${share} percent used"></meter></td></tr>`;
  });
  return html`<table class="limits"><tbody>${rows}</tbody></table>`;
}

function toolTable({ tools }: Receipt): Html | undefined {
  if (tools.length === 0) return undefined;
  const heads = ['Calls', 'Cached', 'Failed', 'Refused', 'Unknown', 'Time', 'Answers'];
  const rows = tools.slice(0, mostTools).map((one) => {
    const name = `${one.server}.${one.tool}`.slice(0, 300);
    const counts = [one.calls, one.cached, one.failed, one.refused, one.unknown].map(count);
    const cells = [...counts, duration(one.ms), bytes(one.bytes)];
    return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`;
  });
  const more =
    tools.length > mostTools
      ? html`<p class="note">The ${mostTools} of ${tools.length} tools that took longest.</p>`
      : undefined;
  return html`<div class="tools" tabindex="0"><table><thead><tr><th scope="col">Tool</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>${more}`;
}
