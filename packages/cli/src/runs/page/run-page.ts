import { createHash } from 'node:crypto';
import { callTable } from './call-table.ts';
import { Html, html } from './html.ts';
import type { PicturedRun } from './pictured-run.ts';
import { receiptSection } from './receipt-section.ts';
import { sourceListing } from './source-listing.ts';
import { style } from './style.ts';
import { type TextBudget, textBudget } from './text-budget.ts';
import { legend, timeline } from './timeline.ts';
import { usageChart } from './usage-chart.ts';

/** Characters of one argument or answer, and of all of them together. */
const eachText = 16 * 1024;
const allTexts = 8 * 1024 * 1024;
const mostLogs = 5_000;

const styleHash = createHash('sha256').update(style).digest('base64');
/** Nothing is loaded and nothing is executed, even if something of a program's got in. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;

/** A run as one HTML document that needs nothing else: no network, no script. */
export function runPage(run: PicturedRun): string {
  const budget = textBudget(eachText, allTexts, `mcp-cli run export ${run.runId}`);
  const { runId, program, status, startedAt, facts, advice } = run;
  const shownFacts = [['run', runId], ['started', new Date(startedAt).toISOString()], ...facts];
  const told =
    advice.length === 0
      ? undefined
      : html`<div class="advice" role="note">${advice.map((line) => html`<p>${line}</p>`)}</div>`;
  const marks = legend.map(
    ([mark, words]) => html`<li><span class="mark ${mark}"></span>${words}</li>`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${program.slice(0, 200)}: ${status}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header><div class="head"><h1>${program.slice(0, 1_000)}</h1><span class="pill ${status}">${status}</span></div>
<dl class="facts">${shownFacts.map(([name, value]) => html`<dt>${name}</dt><dd>${value?.slice(0, 4_000)}</dd>`)}</dl>${told}${contents(run)}</header>
<main>
<section id="timeline"><h2>Timeline</h2>${timeline(run)}<ul class="legend">${marks}</ul>${usageChart(run)}</section>
${ending(run, budget)}${receiptSection(run.receipt)}
${callTable(run, budget)}
${logs(run, budget)}${sourceListing(run)}
</main>
</body>
</html>
`;
  return page.toString();
}

/** Links to the sections that there are. */
function contents(run: PicturedRun): Html {
  const sections = [
    ['timeline', 'Timeline', true],
    ['ending', 'How it ended', run.ending !== undefined],
    ['receipt', 'Receipt', run.receipt !== undefined],
    ['calls', 'Calls', run.calls.length > 0],
    ['logs', 'Logs', run.logs.length > 0],
    ['program', 'Program', run.source !== undefined],
  ] as const;
  const there = sections.filter(([, , present]) => present);
  return html`<nav aria-label="Sections">${there.map(([id, name]) => html`<a href="#${id}">${name}</a>`)}</nav>`;
}

function ending({ ending: text }: PicturedRun, budget: TextBudget): Html | undefined {
  if (text === undefined) return undefined;
  return html`<section id="ending"><h2>How it ended</h2><pre class="ending" tabindex="0">${budget.take(text)}</pre></section>`;
}

function logs({ logs: entries }: PicturedRun, budget: TextBudget): Html | undefined {
  if (entries.length === 0) return undefined;
  const rows = entries.slice(0, mostLogs).map(({ level, message, fields }) => {
    const details = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
    return html`<div class="log ${level}"><span class="level">${level}</span><pre>${budget.take(message + details)}</pre></div>
`;
  });
  const more =
    entries.length > mostLogs
      ? html`<p class="note">The first ${mostLogs} of ${entries.length} lines.</p>`
      : undefined;
  return html`<section id="logs"><h2>Logs</h2><div class="scroll" tabindex="0">${rows}</div>${more}</section>`;
}
