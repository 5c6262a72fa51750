export interface Span {
  readonly from: number;
  readonly to: number;
}

/** For each span the lane in which no other one overlaps it: the first that is free, from 0. */
export function lanesOf(spans: readonly Span[]): number[] {
  const lanes: number[] = new Array(spans.length).fill(0);
  const freeFrom: number[] = [];
  const order = spans.map((_, index) => index);
  order.sort((a, b) => (spans[a] as Span).from - (spans[b] as Span).from || a - b);
  for (const index of order) {
    const { from, to } = spans[index] as Span;
    const free = freeFrom.findIndex((time) => time <= from);
    const lane = free < 0 ? freeFrom.length : free;
    // A call that took no time that can be told still covers its place.
    freeFrom[lane] = Math.max(to, from + Number.EPSILON);
    lanes[index] = lane;
  }
  return lanes;
}
