import { expect, test } from 'vitest';
import { lanesOf } from '../../src/runs/page/lanes.ts';
import { timeScale } from '../../src/runs/page/time-scale.ts';

test('timeScale() is even where nothing waits for long', () => {
  const scale = timeScale([0, 25, 50, 100]);
  expect([0, 25, 50, 75, 100, 200].map(scale.place)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
  expect(scale.breaks).toEqual([]);
});

test('timeScale() cuts a wait of days, so that what is beside it can be seen', () => {
  const day = 86_400_000;
  const scale = timeScale([0, 100, day, day + 100]);
  expect(scale.breaks).toHaveLength(1);
  const [pause] = scale.breaks;
  expect(pause?.ms).toBe(day - 100);
  expect(scale.place(100)).toBeGreaterThan(0.4);
  expect(scale.place(100)).toBe(pause?.from);
  expect(scale.place(day)).toBe(pause?.to);
  expect(scale.place(day + 100)).toBe(1);
});

test('timeScale() of nothing is a scale', () => {
  expect(timeScale([]).place(10)).toBe(1);
  expect(timeScale([0]).place(0)).toBe(0);
});

test('lanesOf() puts no two spans of one lane over each other, and takes the first free lane', () => {
  const spans = [
    { from: 0, to: 10 },
    { from: 2, to: 4 },
    { from: 3, to: 12 },
    { from: 4, to: 5 },
    { from: 10, to: 11 },
    { from: 10, to: 10 },
  ];
  expect(lanesOf(spans)).toEqual([0, 1, 2, 1, 0, 1]);
});
