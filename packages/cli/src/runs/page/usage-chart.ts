import { count } from '@org/core';
import { bytes, duration } from '../../amounts.ts';
import { type Html, html } from './html.ts';
import type { PicturedRun, UsageSample } from './pictured-run.ts';

const width = 1_000;
const height = 100;
/** More would not be told apart. */
const mostPoints = 1_000;

/** Fuel and memory over time, where the run was recorded with them. */
export function usageChart({ samples }: PicturedRun): Html | undefined {
  if (samples.length < 2) return undefined;
  const every = Math.ceil(samples.length / mostPoints);
  const kept = samples.filter((_, index) => index % every === 0 || index === samples.length - 1);
  const fuel = chart(kept, 'Fuel', ({ fuel }) => fuel, count);
  const memory = chart(kept, 'Memory', ({ memoryBytes }) => memoryBytes, bytes);
  return html`<div class="charts">${fuel}${memory}</div>`;
}

function chart(
  samples: readonly UsageSample[],
  name: string,
  value: (sample: UsageSample) => number,
  unit: (amount: number) => string,
): Html {
  const last = samples.at(-1)?.at || 1;
  const most = Math.max(...samples.map(value)) || 1;
  const points = samples.map((sample) => {
    const x = (sample.at / last) * width;
    const y = height - (value(sample) / most) * (height - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const start = points[0]?.split(',')[0];
  return html`<figure><figcaption>${name}: up to ${unit(most)} in ${duration(last)}</figcaption><svg class="chart" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name} over time, up to ${unit(most)}"><polygon class="area" points="${start},${height} ${points.join(' ')} ${width},${height}"/><polyline class="curve" points="${points.join(' ')}"/></svg></figure>`;
}
