import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { JsonObject } from '@org/core';

/**
 * A schema that is shown and not enforced: what a tool is called with is read by its own reader,
 * which says what to write instead, and its answers are built to fit, which tests hold.
 */
export function shownSchema(schema: JsonObject): StandardSchemaWithJSON<unknown, unknown> {
  const json = () => schema as Record<string, unknown>;
  return {
    '~standard': {
      version: 1,
      vendor: 'org-server',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
}

const texts: JsonObject = { type: 'array', items: { type: 'string' } };

const statuses = ['returned', 'threw', 'limit', 'suspended', 'aborted', 'refused'];

/** Of `Answer`. */
export const answerSchema: JsonObject = {
  type: 'object',
  properties: {
    status: { enum: statuses },
    runId: { type: 'string' },
    value: { description: 'What the program returned' },
    cut: { type: 'object', description: 'What of value is shown' },
    error: { type: 'object' },
    problems: texts,
    limit: { type: 'object' },
    calls: { type: 'array', description: 'Tool calls by how they ended' },
    questions: { type: 'array', description: 'Calls that wait for a decision' },
    logs: texts,
    notes: texts,
    next: { type: 'string', description: 'What to do now' },
    usage: { type: 'object' },
  },
  required: ['status'],
  additionalProperties: false,
};

/** Of `Answer` too, for tools beside the one that shows all of it. */
export const sameAnswerSchema: JsonObject = {
  type: 'object',
  description: 'As of execute_code',
  properties: { status: { enum: statuses }, value: {}, next: { type: 'string' } },
  required: ['status'],
};

/** What a tool that runs nothing answers with besides, where it is refused. */
export const refusedMembers: JsonObject = {
  status: { const: 'refused' },
  error: { type: 'object' },
  next: { type: 'string' },
};

export const session: JsonObject = {
  type: 'string',
  description: 'Keeps /workspace files and state apart. Default: "default"',
};

export const maxTokens: JsonObject = {
  type: 'integer',
  description: 'Most tokens of the answer. Default: 10000',
};

export const select: JsonObject = {
  ...texts,
  description: 'Parts of the result to show, such as "/items/0-19/title", "/total", "/rows/*/id"',
};

export const limits: JsonObject = {
  type: 'object',
  properties: Object.fromEntries(
    ['wallMs', 'toolCalls', 'fuel', 'memoryBytes'].map((name) => [name, { type: 'integer' }]),
  ),
  description: "Other limits than the default ones, up to the operator's",
};
