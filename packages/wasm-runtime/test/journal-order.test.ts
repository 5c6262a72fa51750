import { SandboxError, type ToolCaller } from '@org/core';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox, MemoryJournal } from '../src/index.ts';
import { recorder } from './recorder.ts';
import { done, recordingTools, untilAborted } from './workbench.ts';

const sandbox = await createSandbox({
  workers: 1,
  extensions: { ring: { call: ([n]) => n ?? null } },
});
afterAll(() => sandbox.close());

/** A caller that keeps what it did, in the same list as the journal. */
function witness(list: string[]): ToolCaller {
  return {
    tellsSent: true,
    callTool: async ({ tool }, { onSent }) => {
      list.push(`got ${tool}`);
      await new Promise(setImmediate);
      onSent?.();
      list.push(`sent ${tool}`);
      return done(tool);
    },
  };
}

describe('RunOptions.journal', () => {
  test('is told of everything before it takes effect', async () => {
    const list: string[] = [];
    const journal = recorder(undefined, (word) => list.push(`journal: ${word}`));
    const source = "return [await callTool('s', 'a'), await ring(5), await listFiles('/')]";
    const files = {
      readFile: async () => '',
      writeFile: async () => {},
      listFiles: async () => {
        list.push('listed');
        return [];
      },
    };
    const outcome = await sandbox.run(source, { tools: witness(list), files, journal });
    expect(outcome).toMatchObject({ status: 'returned', value: ['a', 5, []] });
    expect(list).toEqual([
      'journal: called 1',
      'got a',
      'journal: sent 1',
      'sent a',
      'journal: answered 1',
      'journal: stepped 1',
      'journal: called 2',
      'journal: sent 2',
      'journal: answered 2',
      'journal: stepped 2',
      'journal: called 3',
      'listed',
      'journal: answered 3',
      'journal: stepped 3',
    ]);
  });

  test('has arguments, answers, failures and records', async () => {
    const journal = new MemoryJournal();
    const source = `await callTool('s', 'a', { n: 1 }); console.log('between');
      try { await callTool('s', 'fails') } catch {}
      await Promise.all([sleep(1), setState('k', [1])]); return getState('k')`;
    const tools = recordingTools(({ tool }) =>
      tool === 'a'
        ? done(5)
        : { status: 'refused', error: { code: 'NOT_ALLOWED', message: 'No.', retryable: false } },
    );
    const outcome = await sandbox.run(source, { tools, journal });
    const { calls, steps } = journal.run;
    expect(calls.slice(0, 2)).toEqual([
      {
        ...{ id: 1, name: 'callTool', args: ['s', 'a', '{"n":1}'], sent: true },
        ...{ answer: { ok: true, text: '5' }, record: outcome.calls[0] },
      },
      {
        ...{ id: 2, name: 'callTool', args: ['s', 'fails', '{}'], sent: true },
        answer: { ok: false, error: '{"code":"NOT_ALLOWED","message":"No.","retryable":false}' },
        record: outcome.calls[1],
      },
    ]);
    expect(calls.slice(2)).toMatchObject([
      { name: 'sleep', args: ['1'], sent: false },
      { name: 'setState', args: ['k', '[1]'], answer: { ok: true, text: '' } },
      { name: 'getState', args: ['k'], answer: { ok: true, text: '[1]' } },
    ]);
    expect(steps.flatMap(({ answers }) => answers).sort()).toEqual([1, 2, 3, 4, 5]);
    for (const { clock, elapsedMs } of steps) {
      expect(Number.isInteger(clock)).toBe(true);
      expect(elapsedMs).toBeGreaterThan(0);
    }
  });

  test.each([
    ['called 1', []],
    ['sent 1', ['got a']],
    ['answered 1', ['got a', 'sent a']],
    ['stepped 1', ['got a', 'sent a']],
  ])('that fails when it is told "%s" ends the run before that takes effect', async (at, made) => {
    const list: string[] = [];
    const journal = recorder(undefined, (word) => {
      if (word !== at) return;
      throw new SandboxError('QUOTA_EXCEEDED', 'The disk is full.', { hint: 'Make room.' });
    });
    const source = "console.log(await callTool('s', 'a')); await callTool('s', 'b')";
    const outcome = await sandbox.run(source, { tools: witness(list), journal });
    expect(outcome).toMatchObject({
      status: 'aborted',
      error: { code: 'QUOTA_EXCEEDED', message: 'The disk is full.\nMake room.' },
      logs: [],
    });
    expect(list).toEqual(made);
    expect(journal.told.at(-1)).not.toBe(at);
  });

  test('that throws anything else is a fault of the host', async () => {
    const journal = recorder(undefined, () => {
      throw new TypeError('secret');
    });
    const run = sandbox.run("await callTool('s', 'a')", { journal });
    await expect(run).rejects.toMatchObject({
      code: 'ENGINE_FAULT',
      message: expect.not.stringContaining('secret'),
    });
  });

  test('leaves open what is not known when the run is cancelled, and has what is', async () => {
    const both = Promise.withResolvers<void>();
    const tools = recordingTools(({ tool }, signal) => {
      if (tools.made.length === 2) both.resolve();
      const cancelled = untilAborted(signal);
      return tool === 'done' ? cancelled.then(() => done('late')) : cancelled;
    });
    const stop = new AbortController();
    const journal = new MemoryJournal();
    const source = "await Promise.all(['done', 'lost'].map((tool) => callTool('s', tool)))";
    const run = sandbox.run(source, { tools, journal, signal: stop.signal });
    await both.promise;
    stop.abort();
    expect((await run).calls.map(({ status }) => status)).toEqual(['done', 'unknown']);
    const [first, second] = journal.run.calls;
    expect(first).toMatchObject({ sent: true, answer: { ok: true, text: '"late"' } });
    expect(second).toMatchObject({ sent: true });
    expect(second).not.toHaveProperty('answer');
  });
});

describe('a call that waits before it is sent', () => {
  /** Holds calls back until `open`, as the bridge does for a person's approval. */
  function gate() {
    const waiting = Promise.withResolvers<void>();
    const made: string[] = [];
    const state = { isOpen: false };
    const tools: ToolCaller = {
      tellsSent: true,
      callTool: async ({ tool }, { signal, onSent }) => {
        if (!state.isOpen) {
          waiting.resolve();
          return untilAborted(signal);
        }
        onSent?.();
        made.push(tool);
        return done(tool);
      },
    };
    return { tools, made, state, asked: waiting.promise };
  }

  test('is taken back by freeze(), and made once when the run is thawed', async () => {
    const { tools, made, state, asked } = gate();
    const journal = recorder();
    const run = await sandbox.start("return await callTool('s', 'a')", { tools, journal });
    await asked;
    const bytes = await run.freeze({ waitMs: 0 });
    expect((await run.outcome).calls).toEqual([]);
    expect(journal.told).toEqual(['called 1']);
    state.isOpen = true;
    const thawed = await sandbox.thaw(bytes, { tools, journal });
    const outcome = await thawed.outcome;
    expect(outcome).toMatchObject({ status: 'returned', value: 'a' });
    expect(outcome.calls).toHaveLength(1);
    expect(made).toEqual(['a']);
    expect(journal.told.slice(1)).toEqual(['~called 1', 'sent 1', 'answered 1', 'stepped 1']);
  });

  test('counts as sent where its caller does not tell', async () => {
    const asked = Promise.withResolvers<void>();
    const tools = recordingTools((_, signal) => {
      asked.resolve();
      return untilAborted(signal);
    });
    const run = await sandbox.start(
      "try { await callTool('s', 'a') } catch (error) { return error.code }",
      { tools },
    );
    await asked.promise;
    const thawed = await sandbox.thaw(await run.freeze({ waitMs: 0 }), { tools });
    expect(await thawed.outcome).toMatchObject({ status: 'returned', value: 'CALL_UNKNOWN' });
    expect(tools.made).toHaveLength(1);
  });

  test('cannot leave once it was taken back', async () => {
    const asked = Promise.withResolvers<void>();
    const late = Promise.withResolvers<unknown>();
    const tools: ToolCaller = {
      tellsSent: true,
      callTool: async (_, { signal, onSent }) => {
        asked.resolve();
        const outcome = await untilAborted(signal);
        late.resolve(Promise.try(() => onSent?.()).catch((error) => error));
        return outcome;
      },
    };
    const journal = recorder();
    const run = await sandbox.start("await callTool('s', 'a')", { tools, journal });
    await asked.promise;
    await run.freeze({ waitMs: 0 });
    expect(await late.promise).toMatchObject({ code: 'ABORTED' });
    expect(journal.told).toEqual(['called 1']);
  });
});
