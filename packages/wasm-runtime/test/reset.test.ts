import { beforeAll, describe, expect, test } from 'vitest';
import { stateExport } from '../src/core-module.ts';
import { type Engine, Instance, loadEngine } from '../src/index.ts';
import { startMessage } from './steps.ts';

const MiB = 1024 * 1024;
const limits = { fuel: 50_000_000, memoryBytes: 64 * MiB };
let engine: Engine;

beforeAll(async () => {
  engine = await loadEngine();
});

const programs: readonly [string, string][] = [
  ['returns', 'globalThis.leak = new Map([[1, "secret"]]); Array.prototype.leak = 1; $deliver(1)'],
  ['waits', 'let secret = "s".repeat(5_000); await callTool("s", "t"); $deliver(secret)'],
  ['throws', 'Object.prototype.leak = "secret"; throw new Error("secret")'],
  ['runs out of fuel', 'const secrets = []; for (;;) secrets[secrets.length % 99] = "secret";'],
  ['logs a lot', 'for (let i = 0; i < 5_000; i++) console.log("secret", i); $deliver(1)'],
];

describe('reset()', () => {
  test.each(programs)(
    'leaves all of memory and globals as a new instance has them: %s',
    (_, code) => {
      const instance = new Instance(engine);
      const untouched = new Instance(engine);
      instance.start({ ...limits, fuel: 3_000_000 });
      instance.step(startMessage(code));
      expect(Buffer.compare(instance.memory, untouched.memory)).not.toBe(0);
      expect(instance.reset()).toBe(true);
      expect(Buffer.compare(instance.memory, untouched.memory)).toBe(0);
      untouched.start(limits);
      instance.start(limits);
      expect(instance.freeze()).toEqual(untouched.freeze());
      expect(instance.freeze().blocks).toHaveLength(0);
      const again = startMessage('$deliver([typeof leak, [].leak, ({}).leak])');
      expect(instance.step(again)).toEqual(untouched.step(again));
    },
  );

  test('refuses an instance whose memory has grown', () => {
    const instance = new Instance(engine);
    instance.start(limits);
    instance.step(startMessage('$deliver(new Uint8Array(20_000_000).length)'));
    expect(instance.reset()).toBe(false);
  });

  test('a run in a reset instance uses the same fuel as in a new one', () => {
    const program = startMessage('$deliver([1, 2, 3].map((n) => n * 2))');
    const fresh = new Instance(engine);
    fresh.start(limits);
    const expected = fresh.step(program);
    const instance = new Instance(engine);
    for (let repeat = 0; repeat < 1_000; repeat++) {
      instance.start(limits);
      expect(instance.step(program)).toEqual(expected);
      instance.reset();
    }
  });
});

test('the engine exposes every global that is part of its state', () => {
  const names = WebAssembly.Module.exports(engine.module).map(({ name }) => name);
  for (let index = 0; index < engine.globals; index++) expect(names).toContain(stateExport(index));
  expect(engine.globals).toBe(2);
});
