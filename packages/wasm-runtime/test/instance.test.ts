import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { MessageWriter } from '../src/frames.ts';
import { type Engine, Instance, loadEngine, type StepResult } from '../src/index.ts';
import { inbound, mailboxLimit, outbound } from '../src/wire.ts';
import { WorkerPool } from '../src/worker-pool.ts';
import { answerMessage, frames, logLines, startMessage } from './steps.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const MiB = 1024 * 1024;
const limits = { fuel: 50_000_000, memoryBytes: 64 * MiB };
const start = (code: string, changes = {}, own = limits): [Instance, StepResult] => {
  const instance = new Instance(engine);
  instance.start(own);
  return [instance, instance.step(startMessage(code, changes))];
};

describe('the built engine', () => {
  test('imports nothing', () => {
    expect(WebAssembly.Module.imports(engine.module)).toEqual([]);
  });

  test('is the one that engine.json describes', async () => {
    const bytes = await readFile(new URL('../engine/engine.wasm', import.meta.url));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(engine.digest);
  });

  test('exports one memory, and no table', () => {
    const exports = WebAssembly.Module.exports(engine.module);
    expect(exports.filter(({ kind }) => kind === 'memory')).toHaveLength(1);
    expect(exports.filter(({ kind }) => kind === 'table')).toHaveLength(0);
  });
});

/** Random numbers, clock, logs, calls, timers and garbage: whatever could differ from run to run. */
const busy = `
  const seen = [Math.random(), Date.now(), crypto.randomUUID(), new Date().toISOString()];
  console.log('start', seen[0]);
  const map = new Map(); for (let i = 0; i < 2000; i++) map.set({ i }, String(i));
  const first = await callTool('s', 't', { seen });
  console.log('answered', first, performance.now());
  seen.push(Math.random(), Date.now(), [...map.values()].length, crypto.getRandomValues(new Uint8Array(4)).join());
  setTimeout(() => seen.push('timer'), 5); await sleep(1);
  $deliver({ seen, first });`;

/** All steps of \`busy\`, each call answered at once with its own id. */
function drive(step: (message: Uint8Array) => Promise<StepResult> | StepResult) {
  return (async () => {
    const hash = createHash('sha256');
    let message = startMessage(busy);
    for (let steps = 0; steps < 10; steps++) {
      const result = await step(message);
      hash.update(result.output).update(String(result.memoryBytes));
      const [call, ...rest] = frames(result.output).filter(({ kind }) => kind !== outbound.log);
      if (call?.kind !== outbound.call) {
        return { kind: call?.kind, hash: hash.digest('hex'), fuel: result.fuelUsed, steps };
      }
      const last = rest.at(-1) ?? call;
      message = answerMessage(last.id, JSON.stringify({ id: last.id }), 1e12 + steps);
    }
    throw new Error('The program did not end.');
  })();
}

describe('a run repeats', () => {
  test('to the byte and to the unit of fuel, in 50 instances', async () => {
    const first = new Instance(engine);
    first.start(limits);
    const expected = await drive((message) => first.step(message));
    expect(expected).toMatchObject({ kind: outbound.returned, steps: 2 });
    for (let repeat = 0; repeat < 50; repeat++) {
      const instance = new Instance(engine);
      instance.start(limits);
      expect(await drive((message) => instance.step(message))).toEqual(expected);
    }
  });

  test('in a worker as in process, again and again in the same one', async () => {
    const instance = new Instance(engine);
    instance.start(limits);
    const expected = await drive((message) => instance.step(message));
    await using pool = new WorkerPool(engine, { workers: 1, guests: 1, parkAfterMs: 1_000 });
    for (let repeat = 0; repeat < 5; repeat++) {
      const guest = await pool.enter();
      let type: 'start' | 'step' = 'start';
      const found = await drive((message) => {
        const request = { type, limits, message };
        type = 'step';
        return guest.step(request);
      });
      expect(found).toEqual(expected);
      guest.release();
    }
  });

  test('with other bytes for another seed', async () => {
    const text = '$deliver([Math.random(), crypto.randomUUID()])';
    const [, one] = start(text);
    const [, other] = start(text, { seed: [1, 2, 3, 5] });
    expect(frames(one.output)).not.toEqual(frames(other.output));
  });
});

describe('a step', () => {
  test('hands out calls, then takes their answers', () => {
    const [instance, first] = start(`$deliver(await callTool('s', 't', { a: 1 }))`);
    expect(frames(first.output)).toEqual([
      { kind: outbound.call, id: 1, fields: ['callTool', 's', 't', '{"a":1}'] },
    ]);
    const last = instance.step(answerMessage(1, '{"b":2}'));
    expect(frames(last.output)).toEqual([{ kind: outbound.returned, id: 0, fields: ['{"b":2}'] }]);
    expect(last.fuelUsed).toBeGreaterThan(first.fuelUsed);
  });

  test('passes over answers to calls that are not waiting, and answers that come twice', () => {
    const [instance] = start(`const a = await callTool('s', 't'); await sleep(1); $deliver(a)`);
    instance.step(answerMessage(99, '"wrong"'));
    expect(frames(instance.step(answerMessage(1, '"right"')).output)).toMatchObject([{ id: 2 }]);
    expect(frames(instance.step(answerMessage(1, '"again"')).output)).toEqual([]);
    const last = instance.step(answerMessage(2, ''));
    expect(frames(last.output)).toMatchObject([{ fields: ['"right"'] }]);
  });

  test('rejects a call whose answer is no JSON, and goes on', () => {
    const [instance] = start(
      `const e = await callTool('s', 't').catch((e) => e.name); $deliver(e)`,
    );
    const { output, trap } = instance.step(answerMessage(1, '{nonsense'));
    expect(trap).toBeUndefined();
    expect(frames(output)).toMatchObject([{ fields: ['"SyntaxError"'] }]);
  });

  test('hands logs out once', () => {
    const [instance, first] = start(
      `console.log('a'); await sleep(1); console.log('b'); $deliver(1)`,
    );
    expect(logLines(first)).toEqual(['a']);
    expect(logLines(instance.step(answerMessage(1, '')))).toEqual(['b']);
  });

  test('hands out more frames than the mailbox holds, in their order', () => {
    const [instance, { output }] = start(
      `for (let i = 0; i < 1500; i++) { console.log(i + ' ' + 'x'.repeat(50)); sleep(i); }
       await sleep(1e6); console.log('last'); $deliver('é'.repeat(50_000))`,
      { logBytes: 1_000_000 },
    );
    const all = frames(output).map(({ kind, fields: [name, text] }) =>
      kind === outbound.log ? Number.parseInt(text as string, 10) : `${name} ${text}`,
    );
    const expected = Array.from({ length: 1500 }, (_, i) => [i, `sleep ${i}`]).flat();
    expect(all).toEqual([...expected, 'sleep 1000000']);
    const last = frames(instance.step(answerMessage(1501, '')).output);
    expect(last.map(({ kind }) => kind)).toEqual([outbound.log, outbound.returned]);
    expect(last[1]?.fields).toEqual([JSON.stringify('é'.repeat(50_000))]);
  });

  test.each([10, 65_000, 65_536, 70_000, 1_000_000])(
    'takes an answer of %i bytes and hands it back',
    (length) => {
      const text = JSON.stringify(`${'ü'.repeat(length / 2 - 2)}\ufeff`);
      const [instance] = start(`$deliver(await callTool('s', 't'))`);
      const { output } = instance.step(answerMessage(1, text));
      expect(frames(output)).toEqual([{ kind: outbound.returned, id: 0, fields: [text] }]);
    },
  );
});

describe('a trap', () => {
  test.each([
    ['fuel', 'for (;;) ;', { kind: 'fuel' }],
    ['memory', 'const a = []; for (;;) a.push(new Uint8Array(1e6))', { kind: 'memory' }],
    [
      'depth',
      'let a = 1; for (let i = 0; i < 300; i++) a = [a]; $deliver(a)',
      { kind: 'prelude', limit: mailboxLimit.depth },
    ],
    ['output', '$deliver("x".repeat(2e6))', { kind: 'prelude', limit: mailboxLimit.output }],
    [
      'logs',
      'for (;;) console.log("x".repeat(1000))',
      { kind: 'prelude', limit: mailboxLimit.logs },
    ],
    [
      'tool calls',
      'for (;;) callTool("s", "t")',
      { kind: 'prelude', limit: mailboxLimit.toolCalls },
    ],
  ])('says what ended the run: %s', (_, code, trap) => {
    const [instance, result] = start(`console.log('before'); ${code}`);
    expect(result.trap).toEqual(trap);
    expect(frames(result.output).map(({ kind }) => kind)).not.toContain(outbound.returned);
    expect(logLines(result)[0]).toBe('before');
    expect(result.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes);
    expect(result.fuelUsed).toBeLessThanOrEqual(limits.fuel);
    expect(instance.step(answerMessage(1, '')).trap).toEqual({
      kind: 'fault',
      message: 'dead instance',
    });
  });

  test('says what ended the run: a fault, such as a message that is none', () => {
    const [instance] = start('await sleep(1)');
    const { trap, output } = instance.step(
      new MessageWriter().frame(inbound.reseed, 0, '{').finish(0),
    );
    expect(trap).toEqual({ kind: 'fault', message: expect.any(String) });
    expect(output).toHaveLength(0);
  });

  test('cannot be caught', () => {
    const [, { trap }] = start('try { for (;;) ; } catch { } finally { $deliver(1) }');
    expect(trap).toEqual({ kind: 'fuel' });
  });

  test('uses up exactly the fuel that was allowed', () => {
    expect(start('for (;;) ;')[1].fuelUsed).toBe(limits.fuel);
  });

  test('leaves whole log frames, wherever fuel runs out', () => {
    const code = `for (let i = 0; ; i++) console.log(String(i).padStart(3, '0') + 'x'.repeat(250 + i % 7))`;
    const [, few] = start('$deliver(1)');
    // A line takes about 1,800 units, of which the stores into the mailbox are a few dozen.
    for (let extra = 20_000; extra < 22_000; extra += 10) {
      const [, result] = start(code, {}, { ...limits, fuel: few.fuelUsed + extra });
      expect(result.trap).toEqual({ kind: 'fuel' });
      const lines = logLines(result);
      expect(lines.map((line) => Number(line.slice(0, 3)))).toEqual([...lines.keys()]);
    }
  });
});

describe('limits of an instance', () => {
  test('fuel that is exactly enough is enough, and one unit less is not', () => {
    const code = 'for (let i = 0; i < 100; i++) ; $deliver(1)';
    const [, { fuelUsed, trap }] = start(code);
    expect(trap).toBeUndefined();
    expect(start(code, {}, { ...limits, fuel: fuelUsed })[1].trap).toBeUndefined();
    expect(start(code, {}, { ...limits, fuel: fuelUsed - 1 })[1].trap).toEqual({ kind: 'fuel' });
  });

  test.each([1, 65_536, MiB, 9 * MiB])(
    'memory of %i bytes, less than the engine itself, ends the run at once',
    (memoryBytes) => {
      const [, { trap }] = start('$deliver(1)', {}, { ...limits, memoryBytes });
      expect(trap).toEqual({ kind: 'memory' });
    },
  );

  test('memory of just what the engine has lets a small program run, and none grow', () => {
    const own = { ...limits, memoryBytes: start('$deliver(1)')[1].memoryBytes };
    expect(start('$deliver(1)', {}, own)[1].trap).toBeUndefined();
    const [, grown] = start('const a = []; for (;;) a.push(new Uint8Array(1e5))', {}, own);
    expect(grown).toMatchObject({ trap: { kind: 'memory' }, memoryBytes: own.memoryBytes });
  });

  test.each([2 ** 32, 2 ** 40, 2 ** 48 + 65_536 * 10, 2 ** 53 - 1])(
    'memory of %i bytes is no limit that wraps',
    (memoryBytes) => {
      const [, { trap }] = start(
        'new Uint8Array(3e7); $deliver(1)',
        {},
        { ...limits, memoryBytes },
      );
      expect(trap).toBeUndefined();
    },
  );
});
