import { expect, test } from 'vitest';
import { Exchange, newExchange } from '../src/exchange.ts';

const bytes = (length: number) => new Uint8Array(length).map((_, index) => index % 251);

/** Both sides of one exchange. */
function sides(): [host: Exchange, worker: Exchange] {
  const shared = newExchange();
  return [new Exchange(shared), new Exchange(shared)];
}

test('ring() brings a message once, and rings that bring none are heard as well', () => {
  const [host, worker] = sides();
  expect([worker.rings, worker.takeMessage()]).toEqual([0, undefined]);
  host.ring(bytes(65_536));
  expect(worker.takeMessage()).toEqual(bytes(65_536));
  expect(worker.takeMessage()).toBeUndefined();
  host.ring();
  expect([worker.rings, worker.takeMessage()]).toEqual([2, undefined]);
});

test('wait() is over at once where the bell has rung since', () => {
  const [host, worker] = sides();
  host.ring();
  worker.wait(0);
  expect(worker.rings).toBe(1);
});

test('take() gives what put() was given, as a copy', () => {
  const [host, worker] = sides();
  const result = { output: bytes(100), fuelUsed: 2 ** 52 + 1, memoryBytes: 2 ** 32 };
  expect(worker.put(result)).toBe(true);
  const taken = host.take();
  expect(taken).toEqual(result);
  expect(worker.put({ ...result, output: new Uint8Array(0) })).toBe(true);
  expect(taken).toEqual(result);
});

test('put() leaves to the port what is large or ended in a trap', () => {
  const [, worker] = sides();
  const result = { output: bytes(65_536), fuelUsed: 1, memoryBytes: 1 };
  expect(worker.put(result)).toBe(true);
  expect(worker.put({ ...result, output: bytes(65_537) })).toBe(false);
  expect(worker.put({ ...result, trap: { kind: 'fuel' } })).toBe(false);
  expect(worker.fits(bytes(65_536))).toBe(true);
  expect(worker.fits(bytes(65_537))).toBe(false);
});
