import { SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import { Breaker } from '../src/breaker.ts';

const options = { failures: 3, windowMs: 1_000, backoffMs: 100, maxBackoffMs: 1_500 };
const down = new SandboxError('SERVER_UNAVAILABLE', 'It is down.', { hint: 'Start it.' });

function clocked() {
  const clock = { ms: 0 };
  return { clock, breaker: new Breaker(options, () => clock.ms) };
}

const refusal = (breaker: Breaker): SandboxError => {
  try {
    breaker.admit();
  } catch (error) {
    return error as SandboxError;
  }
  throw new Error('let through');
};

test('admit() lets the first attempt through at once', () => {
  expect(clocked().breaker.admit()).toBe(0);
});

test('admit() waits longer after each failure, at random between half and all of it', () => {
  const waits = Array.from({ length: 200 }, () => {
    const { breaker } = clocked();
    breaker.fail(down);
    const first = breaker.admit();
    breaker.fail(down);
    return [first, breaker.admit()] as const;
  });
  for (const [first, second] of waits) {
    expect(first).toBeGreaterThanOrEqual(50);
    expect(first).toBeLessThanOrEqual(100);
    expect(second).toBeGreaterThanOrEqual(100);
    expect(second).toBeLessThanOrEqual(200);
  }
  expect(new Set(waits.map(([first]) => first)).size).toBeGreaterThan(100);
});

test('admit() refuses after the last failure, with the time, the reason and the hint', () => {
  const { breaker } = clocked();
  for (let count = 0; count < 3; count++) breaker.fail(down);
  const error = refusal(breaker);
  expect(error).toMatchObject({ code: 'SERVER_UNAVAILABLE', hint: 'Start it.', retryable: false });
  expect(error.message).toContain('failed 3 times in a row');
  expect(error.message).toContain('It is down.');
  expect(error.retryAfterMs).toBe(breaker.refusedMs);
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(200);
  expect(error.retryAfterMs).toBeLessThanOrEqual(400);
});

test('one attempt is let through when the time has come, and its failure doubles the wait', () => {
  const { breaker, clock } = clocked();
  for (let count = 0; count < 3; count++) breaker.fail(down);
  clock.ms += breaker.refusedMs;
  expect(breaker.admit()).toBe(0);
  expect(refusal(breaker).retryAfterMs).toBe(100);
  breaker.fail(down);
  expect(breaker.refusedMs).toBeGreaterThanOrEqual(400);
});

test('a connection alone does not end the count, an answered call does', () => {
  const { breaker, clock } = clocked();
  for (let count = 0; count < 3; count++) breaker.fail(down);
  clock.ms += breaker.refusedMs;
  breaker.admit();
  breaker.connected();
  breaker.fail(down);
  expect(breaker.refusedMs).toBeGreaterThan(0);
  breaker.succeed();
  expect(breaker.refusedMs).toBe(0);
  expect(breaker.admit()).toBe(0);
});

test('waits are bounded', () => {
  const { breaker } = clocked();
  for (let count = 0; count < 5_000; count++) breaker.fail(down);
  expect(breaker.refusedMs).toBeLessThanOrEqual(1_500);
});

test('failures are forgotten after the window', () => {
  const { breaker, clock } = clocked();
  breaker.fail(down);
  breaker.fail(down);
  clock.ms += 5_000;
  breaker.fail(down);
  expect(breaker.refusedMs).toBe(0);
});
