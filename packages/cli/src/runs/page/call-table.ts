import { bytes, duration } from '../../amounts.ts';
import { type Html, html } from './html.ts';
import type { PicturedCall, PicturedRun } from './pictured-run.ts';
import type { TextBudget } from './text-budget.ts';

/** Most calls in the table. */
const mostRows = 5_000;

/** Each call, to be opened for its arguments and its answer. */
export function callTable({ calls, runId }: PicturedRun, budget: TextBudget): Html | undefined {
  if (calls.length === 0) return undefined;
  const rows = calls.slice(0, mostRows).map((call) => row(call, budget));
  const more =
    calls.length > mostRows
      ? html`<p class="note">The first ${mostRows} of ${calls.length} calls; "mcp-cli run export ${runId}" has all of them.</p>`
      : undefined;
  return html`<section id="calls"><h2>Calls</h2><div class="calls">${rows}</div>${more}</section>`;
}

function row(call: PicturedCall, budget: TextBudget): Html {
  const { id, name, status, from, to, bytes: size, line } = call;
  const place =
    line === undefined
      ? undefined
      : html`<p><a href="#line-${line}">Line ${line} of the program</a></p>`;
  const answer =
    call.answer === undefined
      ? undefined
      : html`<h3>Answer</h3><pre>${budget.take(call.answer)}</pre>`;
  return html`<details class="call"><summary><span class="id">${id}</span><span class="mark ${status}"></span><span class="call-name">${name.slice(0, 300)}</span><span class="status">${status}</span><span class="number">${duration(to - from)}</span><span class="number">${size === undefined ? '' : bytes(size)}</span></summary><div class="opened" id="call-${id}"><p>From ${duration(from)} to ${duration(to)} after the start.</p>${place}<h3>Arguments</h3><pre>${budget.take(call.args)}</pre>${answer}</div></details>
`;
}
