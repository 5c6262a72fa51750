import { type JsonValue, type LimitKind, nothingUsed, profiles, type RunOutcome } from '@org/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentRun, PendingQuestion } from '../src/agent-host.ts';
import { type AnswerContext, answerOfRun } from '../src/answer/of-run.ts';
import { refusalOf } from '../src/answer/refusal.ts';
import { estimateTokens } from '../src/shape/tokens.ts';

const context: AnswerContext = {
  select: [],
  maxTokens: 1_000,
  approvals: 'client',
  canAsk: false,
  limits: profiles.moderate,
  decideHint: (runId) => `"approve ${runId}" does it.`,
};
const runId = '3f0c2a7e-0000-4000-8000-000000000000';
const common = { logs: [], calls: [], usage: nothingUsed, runId };
const kept = { kept: true, resumable: true };

const text = fc.string({ unit: 'binary', maxLength: 3_000 });
const logs = fc.array(
  fc.record({ level: fc.constantFrom('info', 'warn', 'error', 'debug'), message: text }),
  { maxLength: 100 },
);
const calls = fc.array(
  fc.record({
    server: text,
    tool: text,
    status: fc.constantFrom('done', 'failed', 'refused', 'unknown'),
    ms: fc.constant(1),
    bytes: fc.constant(1),
    cached: fc.boolean(),
  }),
  { maxLength: 40 },
);
const error = fc.record({ name: text, message: text, stack: text });
const kinds: LimitKind[] = ['fuel', 'memory', 'wall', 'toolCalls', 'output', 'logs', 'depth'];
const ending = fc.oneof(
  fc.record({ status: fc.constant('returned'), value: fc.jsonValue({ maxDepth: 5 }) }),
  fc.record({ status: fc.constant('returned'), value: fc.array(text, { maxLength: 50 }) }),
  fc.record({ status: fc.constantFrom('threw', 'aborted'), error }),
  fc.record({ status: fc.constant('suspended') }),
  fc.record({
    status: fc.constant('limit'),
    limit: fc.record({ kind: fc.constantFrom(...kinds), allowed: fc.constant(5) }),
  }),
);
const runs = fc
  .record({
    ending,
    logs,
    calls,
    notes: fc.array(text, { maxLength: 3 }),
    questions: fc.array(
      fc.record({ id: fc.uuid(), server: text, tool: text, paramsJson: fc.json() }),
      { maxLength: 5 },
    ),
    diagnostics: fc.array(
      fc.record({
        severity: fc.constant('error' as const),
        code: fc.constant('TS2345'),
        message: text,
        line: fc.nat(),
        column: fc.nat(),
        sourceLine: text,
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ ending, logs, calls, questions, diagnostics, notes }): AgentRun => {
    const outcome = { ...common, ...ending, logs, calls } as RunOutcome;
    return {
      ...kept,
      outcome,
      notes,
      ...(outcome.status === 'suspended' && { questions }),
      ...(outcome.status === 'aborted' && { diagnostics }),
    };
  });

test('answerOfRun() stays within its tokens, as text and structured', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 500, max: 5_000 }), (run, maxTokens) => {
      const { structured, texts, isError } = answerOfRun(run, { ...context, maxTokens });
      const json = JSON.stringify(structured);
      expect(estimateTokens(json)).toBeLessThanOrEqual(maxTokens);
      expect(estimateTokens(texts.join('\n'))).toBeLessThanOrEqual(maxTokens);
      expect(texts.join('')).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
      expect(isError).toBe(!['returned', 'suspended'].includes(run.outcome.status));
    }),
    { numRuns: 300 },
  );
});

const returned = (value: JsonValue): AgentRun => ({
  ...kept,
  outcome: { ...common, status: 'returned', value },
});

test('answerOfRun(): a text is shown as it is, other values as JSON', () => {
  expect(answerOfRun(returned('a "b"\nc'), context).texts).toEqual(['a "b"\nc']);
  expect(answerOfRun(returned({ a: [1] }), context).texts).toEqual(['{"a":[1]}']);
  expect(answerOfRun(returned({ a: 'x\u202ey\u001b[1m' }), context).texts[0]).toBe(
    '{"a":"xy\\u001b[1m"}',
  );
});

test('answerOfRun(): places of what is cut are those of the whole, also of a selected part', () => {
  const run = returned({ list: { items: Array.from({ length: 5_000 }, (_, id) => ({ id })) } });
  const { structured } = answerOfRun(run, { ...context, select: ['/list/items'] });
  expect(structured.cut?.parts[0]?.at).toBe('/list/items');
  const nowhere = answerOfRun(run, { ...context, select: ['/lists'] });
  expect(nowhere.structured.notes?.[0]).toContain('keys "list"');
});

test('answerOfRun(): a run that is not kept promises no rest', () => {
  const run = { ...returned('x '.repeat(20_000)), kept: false };
  const { structured, texts } = answerOfRun(run, context);
  expect(structured.cut?.whole).toBeUndefined();
  expect(texts.join('')).not.toContain('run://');
});

const waits = (questions: PendingQuestion[]): AgentRun => ({
  ...kept,
  outcome: { ...common, status: 'suspended' },
  questions,
});
const question = (id: number, text: string): PendingQuestion => ({
  id: String(id),
  server: 'github',
  tool: 'create_issue',
  paramsJson: JSON.stringify({ text }),
});
const byAgent: AnswerContext = { ...context, approvals: 'agent' };

test('answerOfRun(): what of waiting calls is not shown is told, and is to be seen first', () => {
  const whole = answerOfRun(waits([question(1, 'a'), question(2, 'b')]), byAgent).structured;
  expect(whole.questions).toEqual([
    { id: '1', call: 'github.create_issue', params: { text: 'a' } },
    { id: '2', call: 'github.create_issue', params: { text: 'b' } },
  ]);
  expect(whole.next).toMatch(/^These calls wait/);
  expect(whole.notes).toBeUndefined();

  const long = answerOfRun(waits([question(1, 'word '.repeat(1_000))]), byAgent);
  expect(long.structured.questions?.[0]).toMatchObject({ id: '1', cut: true });
  expect(long.structured.next).toMatch(/^Not all is shown/);
  expect(long.texts[0]).toMatch(/characters cut\]….*\(cut\)$/m);

  const many = Array.from({ length: 25 }, (_, id) => question(id, 'a'));
  const { structured, texts } = answerOfRun(waits(many), { ...byAgent, maxTokens: 5_000 });
  expect(structured.questions).toHaveLength(20);
  expect(structured.notes).toEqual(['5 more calls waiting, not listed.']);
  expect(structured.next).toMatch(/^Not all is shown/);
  expect(texts[0]).toContain('5 more calls waiting, not listed.');
});

test('answerOfRun(): what is too long to be judged is the operator’s to approve', () => {
  const { structured } = answerOfRun(waits([question(1, 'x'.repeat(10_000))]), byAgent);
  expect(structured.next).toContain(`"approve ${runId}" does it`);
  expect(structured.next).not.toContain('decision "approve"');
});

const failed = { server: 'github', tool: 'create_issue', ms: 1, bytes: 1, cached: false };
const threw: AgentRun = {
  ...kept,
  outcome: {
    ...common,
    status: 'threw',
    error: { name: 'Error', message: 'no', stack: '' },
    calls: [
      { ...failed, status: 'done' },
      { ...failed, status: 'done' },
    ],
  },
};

test('answerOfRun(): done calls are not to be repeated, unknown ones to be checked', () => {
  const { structured } = answerOfRun(threw, context);
  expect(structured.calls).toEqual([{ call: 'github.create_issue', status: 'done', count: 2 }]);
  expect(structured.next).toContain('2 calls are done');
  expect(structured.next).toContain(`resume_run with runId "${runId}"`);
  const lost = { ...threw.outcome, calls: [{ ...failed, status: 'unknown' }] } as RunOutcome;
  expect(answerOfRun({ ...threw, outcome: lost }, context).structured.next).toContain(
    'unknownCalls "retry"',
  );
  const forgotten = answerOfRun({ ...threw, outcome: lost, resumable: false }, context);
  expect(forgotten.structured.next).toContain('Do not repeat them blindly');
});

test('answerOfRun(): mistakes in types, with places and lines, and that nothing ran', () => {
  const diagnostics = [
    {
      severity: 'error' as const,
      code: 'TS2345',
      message: 'number is no string',
      line: 2,
      column: 5,
      sourceLine: '  echo({ message: 1 })',
      hint: 'Write String(1).',
      signature: 'echo(params: { message: string })',
    },
    { severity: 'warning' as const, code: 'W', message: 'odd', line: 1, column: 1, sourceLine: '' },
  ];
  const error = {
    name: 'TypeCheckError',
    message: 'No:\nlong',
    stack: '',
    code: 'TYPE_ERROR' as const,
  };
  const outcome: RunOutcome = { ...common, status: 'aborted', error };
  const { structured, texts, isError } = answerOfRun({ ...kept, outcome, diagnostics }, context);
  expect(structured.problems).toEqual([
    'program.ts:2:5 TS2345 number is no string\n  echo({ message: 1 })\n  Write String(1).\n  echo(params: { message: string })',
  ]);
  expect(structured.next).toBe('Nothing ran. Correct these lines and call execute_code again.');
  expect(texts[0]).toContain('program.ts:2:5');
  expect(texts[0]).not.toContain('long');
  expect(isError).toBe(true);
});

test('answerOfRun(): each limit says what to do, and no more than the client may ask for', () => {
  for (const kind of kinds) {
    const limit = { kind, allowed: 5 };
    const outcome: RunOutcome = { ...common, status: 'limit', limit };
    const { structured, isError } = answerOfRun({ ...kept, outcome }, context);
    expect(structured.next, kind).toMatch(/: /);
    expect(isError).toBe(true);
  }
  const limit = { kind: 'wall' as const, allowed: context.limits.wallMs };
  const outcome: RunOutcome = { ...common, status: 'limit', limit };
  expect(answerOfRun({ ...kept, outcome }, context).structured.next).not.toContain('ask for more');
});

test('refusalOf() tells nothing of a fault of the host', () => {
  const { structured, isError } = refusalOf(new Error('/home/user/secret'));
  expect(JSON.stringify(structured)).not.toContain('secret');
  expect(structured.error?.code).toBe('INTERNAL');
  expect(isError).toBe(true);
});
