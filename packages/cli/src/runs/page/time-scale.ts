/** Where a long time without any event is drawn shorter than it was. */
interface TimeBreak {
  /** Share of the width, from 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

export interface TimeScale {
  /** Share of the width, from 0 to 1, at which `ms` after the start lies. */
  place(ms: number): number;
  readonly breaks: readonly TimeBreak[];
}

const longPauseMs = 5_000;
const mostBreaks = 4;
/** Of the width without any break. */
const breakShare = 0.12;

/**
 * A time axis on which a wait of days does not hide the milliseconds beside it: a pause that is
 * longer than all else together is cut.
 * @param events times at which something happens, milliseconds after the start
 */
export function timeScale(events: readonly number[]): TimeScale {
  const times = [...new Set([0, ...events])].sort((a, b) => a - b);
  const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
  const widths = [...pauses];
  const cut = new Set<number>();
  while (cut.size < mostBreaks) {
    const rest = pauses.reduce((sum, pause, index) => (cut.has(index) ? sum : sum + pause), 0);
    const longest = pauses.reduce(
      (best, pause, index) => (!cut.has(index) && pause > (pauses[best] ?? 0) ? index : best),
      -1,
    );
    const pause = pauses[longest] ?? 0;
    if (pause < longPauseMs || pause < 2 * (rest - pause)) break;
    cut.add(longest);
  }
  const shown = pauses.reduce((sum, pause, index) => (cut.has(index) ? sum : sum + pause), 0);
  for (const index of cut) widths[index] = breakShare * shown || 1;
  const total = widths.reduce((sum, width) => sum + width, 0) || 1;
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) as number) + width);

  const place = (ms: number): number => {
    const after = times.findIndex((time) => time >= ms);
    if (after === 0) return 0;
    if (after < 0) return 1;
    const pause = pauses[after - 1] as number;
    const passed = (ms - (times[after - 1] as number)) / pause;
    return ((starts[after - 1] as number) + passed * (widths[after - 1] as number)) / total;
  };
  const breaks = [...cut]
    .sort((a, b) => a - b)
    .map((index) => ({
      from: (starts[index] as number) / total,
      to: (starts[index + 1] as number) / total,
      ms: pauses[index] as number,
    }));
  return { place, breaks };
}
