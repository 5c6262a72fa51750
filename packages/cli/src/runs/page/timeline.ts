import { counted } from '@org/core';
import { duration } from '../../amounts.ts';
import { type Html, html } from './html.ts';
import { lanesOf } from './lanes.ts';
import type { PicturedCall, PicturedRun } from './pictured-run.ts';
import { timeScale } from './time-scale.ts';

/** Most calls that are drawn; all of them would not be told apart. */
const mostDrawn = 1_000;
const mostSteps = 1_000;
const axisHeight = 26;
/** Of the width, so that a call of no time can be seen and hit. */
const narrowest = 0.004;
/** Times are not more exact than this. */
const roundedMs = 1;
/** Of the width, for its name to be readable. */
const namedFrom = 0.06;

const percent = (share: number): string => `${Math.round(share * 100_000) / 1_000}%`;

/** How calls look, and what that means. */
export const legend: readonly (readonly [PicturedCall['status'] | 'step', string])[] = [
  ['done', 'done'],
  ['cached', 'from the cache'],
  ['failed', 'failed'],
  ['refused', 'refused'],
  ['unknown', 'unknown: sent, never answered'],
  ['open', 'not answered yet'],
  ['step', 'answers handed in'],
];

/** Calls over time, those at one time below each other; each leads to its row. */
export function timeline({ calls, steps }: PicturedRun): Html {
  if (calls.length === 0) return html`<p class="none">The program made no calls.</p>`;
  const drawn = calls.slice(0, mostDrawn);
  const scale = timeScale([
    ...drawn.flatMap(({ from, to }) => [from, to]),
    ...steps.slice(0, mostSteps),
  ]);
  const spans = drawn.map(({ from, to }) => {
    const left = Math.min(scale.place(from), 1 - narrowest);
    return { from: left, to: Math.max(scale.place(to), left + narrowest) };
  });
  // By the times themselves: short calls are drawn wider than they were.
  const lanes = lanesOf(
    drawn.map(({ from, to }) => ({ from, to: Math.max(from, to - roundedMs) })),
  );
  const count = Math.max(...lanes) + 1;
  const height = count > 40 ? 9 : 20;
  const bottom = axisHeight + count * height;
  const bars = drawn.map((call, index) => {
    const { from, to } = spans[index] as (typeof spans)[number];
    const top = axisHeight + (lanes[index] as number) * height;
    return bar(call, { left: from, width: to - from, top, height: height - 2 });
  });
  const ticks = steps
    .slice(0, mostSteps)
    .map((at) => percent(scale.place(at)))
    .map(
      (x) => html`<line class="step" x1="${x}" x2="${x}" y1="${axisHeight - 6}" y2="${bottom}"/>`,
    );
  const breaks = scale.breaks.map(
    ({ from, to, ms }) =>
      html`<rect class="break" x="${percent(from)}" width="${percent(to - from)}" y="0" height="${bottom}"/>
<text class="pause" x="${percent((from + to) / 2)}" y="12" text-anchor="middle">${duration(ms)}</text>`,
  );
  const last = Math.max(...drawn.map(({ to }) => to), ...steps.slice(0, mostSteps), 0);
  const more =
    calls.length > mostDrawn
      ? html`<p class="note">The first ${mostDrawn} of ${calls.length} calls.</p>`
      : undefined;
  return html`<div class="scroll"><svg class="timeline" width="100%" height="${bottom + 4}" role="img" aria-label="${counted(calls.length, 'call')} over ${duration(last)}">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><line class="hatch-line" x1="0" x2="0" y1="0" y2="6"/></pattern></defs>
${breaks}<text class="axis" x="0" y="12">0</text><text class="axis" x="100%" y="12" text-anchor="end">${duration(last)}</text>
<line class="ruler" x1="0" x2="100%" y1="${axisHeight - 6}" y2="${axisHeight - 6}"/>
${ticks}${bars}</svg></div>${more}`;
}

interface Place {
  /** Shares of the width. */
  readonly left: number;
  readonly width: number;
  /** Pixels. */
  readonly top: number;
  readonly height: number;
}

function bar(call: PicturedCall, { left, width, top, height }: Place): Html {
  const { id, name, status, from, to } = call;
  const said = `${id}. ${name}: ${status}, ${duration(to - from)}`;
  const label =
    width >= namedFrom && height > 12
      ? html`<text class="name" x="4" y="13">${name.slice(0, 80)}</text>`
      : undefined;
  return html`<a href="#call-${id}" aria-label="${said.slice(0, 200)}"><svg x="${percent(left)}" y="${top}" width="${percent(width)}" height="${height}"><title>${said.slice(0, 200)}</title><rect class="bar ${status}" width="100%" height="100%" rx="2"/>${label}</svg></a>
`;
}
