import type { JsonObject } from '@org/core';

const text = { type: 'string' };
const amount = { type: 'number', minimum: 0 };
const index = { type: 'integer', minimum: 0 };
const strict = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: 'object',
  properties,
  required,
});

const log = strict({ level: { enum: ['debug', 'info', 'warn', 'error'] }, message: text });
const record = strict({
  server: text,
  tool: text,
  status: { enum: ['done', 'failed', 'refused', 'unknown'] },
  ms: amount,
  bytes: amount,
  cached: { type: 'boolean' },
});
const error = strict({ name: text, message: text, stack: text, code: text }, [
  'name',
  'message',
  'stack',
]);
const ended = (status: string, more: JsonObject = {}) =>
  strict({ status: { const: status }, ...more });

const outcome: JsonObject = {
  ...strict({
    runId: text,
    logs: { type: 'array', items: log },
    calls: { type: 'array', items: record },
    usage: strict({
      ...{ fuel: amount, memoryBytes: amount, wallMs: amount, toolCalls: amount },
      ...{ cacheHits: amount, bytesFromTools: amount, bytesReturned: amount },
    }),
  }),
  oneOf: [
    ended('returned', { value: {} }),
    ended('threw', { error }),
    ended('aborted', { error }),
    ended('suspended'),
    ended('limit', {
      limit: strict({
        kind: { enum: ['fuel', 'memory', 'wall', 'toolCalls', 'output', 'logs', 'depth'] },
        allowed: amount,
      }),
    }),
  ],
};

const call: JsonObject = strict(
  {
    id: { type: 'integer', minimum: 1 },
    name: { ...text, minLength: 1, maxLength: 200 },
    args: { type: 'array', items: text, maxItems: 10 },
    sent: { type: 'boolean' },
    madeAfter: index,
    answer: {
      oneOf: [strict({ ok: { const: true }, text }), strict({ ok: { const: false }, error: text })],
    },
    record,
    warning: text,
    blobs: {
      type: 'object',
      propertyNames: { pattern: '^blob:[a-p]{40}$' },
      additionalProperties: text,
    },
  },
  ['id', 'name', 'args', 'sent', 'madeAfter'],
);

const step: JsonObject = strict(
  {
    clock: { type: 'number' },
    answers: { type: 'array', items: { type: 'integer', minimum: 1 } },
    elapsedMs: amount,
    used: strict({ fuel: amount, memoryBytes: amount }),
    seed: text,
  },
  ['clock', 'answers'],
);

/** Of a run document, of which only this is read. */
export const documentSchema: JsonObject = strict(
  {
    format: { const: 'mcp-cli.run' },
    version: { const: 1 },
    program: text,
    run: strict(
      {
        runId: { type: 'string', pattern: '^[0-9a-f][0-9a-f-]{7,63}$' },
        status: { enum: ['returned', 'threw', 'limit', 'aborted', 'suspended', 'lost'] },
        name: { ...text, maxLength: 4_096 },
        mode: { enum: ['run', 'plan'] },
        session: { ...text, maxLength: 200 },
        createdAt: amount,
        incomplete: { type: 'boolean' },
        source: text,
        programDigest: text,
        entry: { ...text, maxLength: 200 },
        args: {},
        seed: text,
        startTime: { type: 'number' },
        limits: { type: 'object', additionalProperties: { type: 'number' } },
        engineDigest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        outcome,
        journal: strict({
          calls: { type: 'array', items: call },
          steps: { type: 'array', items: step },
        }),
        logs: { type: 'array', items: log },
      },
      [
        ...['runId', 'status', 'name', 'mode', 'createdAt', 'incomplete', 'args', 'seed'],
        ...['startTime', 'engineDigest', 'journal', 'logs'],
      ],
    ),
  },
  ['format', 'version', 'run'],
);
