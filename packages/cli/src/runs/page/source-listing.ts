import { type Html, html } from './html.ts';
import type { PicturedRun } from './pictured-run.ts';

const mostLines = 5_000;
const longestLine = 1_000;
/** Calls of one line that are linked; a loop has many. */
const mostLinks = 8;

/** The program, each line with the calls that it made. */
export function sourceListing({ source, calls, program }: PicturedRun): Html | undefined {
  if (source === undefined) return undefined;
  const callsOf = new Map<number, number[]>();
  for (const { id, line } of calls) {
    if (line === undefined) continue;
    const ids = callsOf.get(line);
    if (ids === undefined) callsOf.set(line, [id]);
    else ids.push(id);
  }
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/u);
  const rows = lines.slice(0, mostLines).map((text, index) => {
    const ids = callsOf.get(index + 1) ?? [];
    const links = ids.slice(0, mostLinks).map((id) => html` <a href="#call-${id}">${id}</a>`);
    const rest = ids.length > mostLinks ? ` +${ids.length - mostLinks}` : undefined;
    const shown = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
    return html`<tr id="line-${index + 1}"><td class="line-number">${index + 1}</td><td class="made">${links}${rest}</td><td><pre>${shown}</pre></td></tr>
`;
  });
  const more =
    lines.length > mostLines
      ? html`<p class="note">The first ${mostLines} of ${lines.length} lines.</p>`
      : undefined;
  return html`<section id="program"><h2>Program <small>${program}</small></h2><div class="scroll source" tabindex="0"><table><thead class="unseen"><tr><th>Line</th><th>Calls</th><th>Text</th></tr></thead><tbody>${rows}</tbody></table></div>${more}</section>`;
}
