import { PassThrough } from 'node:stream';
import type { Approver, ToolCaller } from '@org/core';
import { openRuns } from '@org/runs';
import { describe, expect, test } from 'vitest';
import { approverOf } from '../../src/runs/approver-of.ts';
import { type DecideOptions, decideAsks } from '../../src/runs/decide-asks.ts';
import { heldCalls } from '../../src/runs/held-calls.ts';
import { TerminalQuestions } from '../../src/terminal-questions.ts';
import { add, memoryRuns, outcome } from './kept-runs.ts';

const runId = '4f1c2a00-0000-4000-8000-000000000000';
const signal = new AbortController().signal;

/** A suspended run with two questions. */
function asking() {
  const store = memoryRuns();
  add(store, runId);
  for (const callId of [2, 5]) {
    const paramsJson = `{"n":${callId},"text":"a\\u001b[2J\\u202eb"}`;
    const call = { server: 'shop', tool: 'order', paramsJson, definitionDigest: 'd' };
    store.ask({ runId, callId, kind: 'approval', ...call });
  }
  store.suspend(runId, { outcome: outcome(runId, { status: 'suspended' }) });
  return openRuns({ store });
}

/** A terminal at which a person types these lines, and what is written to it. */
function terminal(typed: string) {
  const input = new PassThrough();
  const output = new PassThrough();
  let written = '';
  output.on('data', (text) => {
    written += text;
    if (String(text).endsWith('[n] ')) input.write(`${lines.shift() ?? ''}\n`);
  });
  const lines = typed.split('\n');
  const hold = () => ({ [Symbol.dispose]: () => {} });
  return { person: new TerminalQuestions({ input, output, hold }), written: () => written };
}

function options(over: Partial<DecideOptions> & { shown?: string[] }): DecideOptions {
  const { shown = [], ...rest } = over;
  return {
    ...{ answer: 'once', call: undefined, terms: {}, yes: false, person: undefined, signal },
    show: (text) => shown.push(text),
    ...rest,
  };
}

describe('decideAsks()', () => {
  test('asks about each call with all of its arguments; what is not confirmed stays open', async () => {
    await using runs = asking();
    const { person, written } = terminal('y\n');
    const { decided, open } = await decideAsks(runs, 'last', options({ person }));
    expect(decided.map(({ callId, decision }) => [callId, decision?.verdict])).toEqual([
      [2, 'approved'],
    ]);
    expect(open).toBe(1);
    expect(written()).toContain('"text": "a\\u001b[2J\\u{202e}b"');
    expect(written()).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/u);
  });

  test('without a terminal shows the calls and decides nothing', async () => {
    await using runs = asking();
    const shown: string[] = [];
    await expect(decideAsks(runs, runId, options({ shown }))).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'Look at the calls above, and add --yes.',
    });
    expect(shown).toHaveLength(2);
    expect(runs.get(runId)?.openAsks).toBe(2);
  });

  test('decides on one call, and says which there are', async () => {
    await using runs = asking();
    await expect(decideAsks(runs, runId, options({ call: 3, yes: true }))).rejects.toMatchObject({
      hint: 'These do: 2, 5.',
    });
    const { decided } = await decideAsks(
      runs,
      runId,
      options({ call: 5, yes: true, answer: 'no' }),
    );
    expect(decided).toMatchObject([{ callId: 5, decision: { verdict: 'refused' } }]);
    await decideAsks(runs, runId, options({ yes: true, terms: { next: 3 } }));
    await expect(decideAsks(runs, runId, options({ yes: true }))).rejects.toMatchObject({
      message: 'The run 4f1c2a00 does not wait for a decision.',
    });
  });
});

describe('heldCalls()', () => {
  const sent: string[] = [];
  const tools: ToolCaller = {
    async callTool({ tool }) {
      sent.push(tool);
      return { status: 'done', json: '1', cached: false };
    },
  };
  const call = (callId: number) => ({ signal, context: { runId, callId } });
  const order = { server: 'shop', tool: 'order', paramsJson: '{}' };

  test('sends nothing that was refused or is not decided, whatever the rules are', async () => {
    await using runs = asking();
    sent.length = 0;
    await decideAsks(runs, runId, options({ call: 2, yes: true, answer: 'no' }));
    const asked: number[] = [];
    const approver: Approver = {
      approve: async ({ context }) => {
        asked.push(context?.callId as number);
        return 'no';
      },
    };
    const held = heldCalls(tools, runs.store, approver);
    expect(await held.callTool(order, call(2))).toMatchObject({ status: 'refused' });
    expect(await held.callTool(order, call(5))).toMatchObject({ error: { code: 'NOT_ALLOWED' } });
    expect(await heldCalls(tools, runs.store, undefined).callTool(order, call(5))).toMatchObject({
      status: 'refused',
    });
    expect([asked, sent]).toEqual([[5], []]);
  });

  test('sends what was approved, and what nobody asked about', async () => {
    await using runs = asking();
    sent.length = 0;
    await decideAsks(runs, runId, options({ call: 2, yes: true }));
    const held = heldCalls(tools, runs.store, undefined);
    expect(await held.callTool(order, call(2))).toMatchObject({ status: 'done' });
    expect(await held.callTool(order, call(7))).toMatchObject({ status: 'done' });
    expect(await held.callTool(order, { signal })).toMatchObject({ status: 'done' });
  });
});

describe('approverOf()', () => {
  const run = new Promise<never>(() => {});
  const request = {
    ...{ server: 'shop', tool: 'order', paramsJson: '{}', definitionDigest: 'd' },
    context: { runId, callId: 2 },
  };

  test('has nobody where nobody can be asked, and a run without a record cannot wait', async () => {
    expect(await approverOf(undefined, { person: undefined, run: () => run })).toBeUndefined();
    expect(
      await approverOf('refuse', { person: terminal('').person, run: () => run }),
    ).toBeUndefined();
    await expect(
      approverOf('suspend', { person: undefined, run: () => run }),
    ).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('does not ask about what was approved with its plan', async () => {
    const isApproved = (run: string, callId: number) => run === runId && callId === 2;
    const approver = await approverOf(undefined, { person: undefined, run: () => run, isApproved });
    expect(await approver?.approve(request, { signal })).toBe('once');
    await expect(
      approver?.approve({ ...request, context: { runId, callId: 3 } }, { signal }),
    ).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' });
  });
});
