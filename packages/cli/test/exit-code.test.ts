import type { ErrorCode, RunOutcome } from '@org/core';
import { expect, test } from 'vitest';
import { exitCodeOfError, exitCodeOfErrors, exitCodeOfOutcome } from '../src/exit-code.ts';

test.each<[ErrorCode, number]>([
  ['USAGE', 2],
  ['INVALID_NAME', 2],
  ['INVALID_PATH', 2],
  ['FILE_NOT_FOUND', 2],
  ['NOT_A_FILE', 2],
  ['CONFIG_NOT_FOUND', 2],
  ['CONFIG_INVALID', 2],
  ['VARIABLE_UNSET', 2],
  ['UNKNOWN_SERVER', 2],
  ['NOT_ALLOWED', 4],
  ['NOT_TRUSTED', 4],
  ['APPROVAL_REQUIRED', 4],
  ['DEFINITION_CHANGED', 4],
  ['SKILL_NOT_TRUSTED', 4],
  ['SKILL_NOT_FOUND', 2],
  ['SKILL_DAMAGED', 1],
  ['RATE_LIMITED', 4],
  ['SERVER_UNAVAILABLE', 5],
  ['ABORTED', 130],
  ['INTERNAL', 1],
  ['ENGINE_FAULT', 1],
  ['TOOL_FAILED', 1],
  ['CALL_UNKNOWN', 1],
])('exitCodeOfError(%s) is %i', (code, exit) => {
  expect(exitCodeOfError(code)).toBe(exit);
});

test('exitCodeOfErrors() tells first what can be corrected, whatever the order of the servers', () => {
  const unset = ['SERVER_UNAVAILABLE', 'VARIABLE_UNSET', 'NOT_TRUSTED'] as const;
  for (const codes of [unset, unset.toReversed()]) expect(exitCodeOfErrors(codes)).toBe(2);
  expect(exitCodeOfErrors(['SERVER_UNAVAILABLE', 'NOT_TRUSTED'])).toBe(4);
  expect(exitCodeOfErrors(['INTERNAL', 'SERVER_UNAVAILABLE'])).toBe(5);
  expect(exitCodeOfErrors(['INTERNAL'])).toBe(1);
  expect(exitCodeOfErrors([])).toBe(0);
});

const usage = {
  ...{ fuel: 1, memoryBytes: 1, wallMs: 1, toolCalls: 0 },
  ...{ cacheHits: 0, bytesFromTools: 0, bytesReturned: 0 },
};
const record = { logs: [], calls: [], usage, runId: 'r' };
const error = (code?: ErrorCode) => ({
  ...{ name: 'Error', message: 'm', stack: 's' },
  ...(code === undefined ? {} : { code }),
});

test.each<[string, RunOutcome, number]>([
  ['returned', { status: 'returned', value: null, ...record }, 0],
  ['threw', { status: 'threw', error: error(), ...record }, 1],
  ['threw NOT_ALLOWED', { status: 'threw', error: error('NOT_ALLOWED'), ...record }, 4],
  [
    'threw SERVER_UNAVAILABLE',
    { status: 'threw', error: error('SERVER_UNAVAILABLE'), ...record },
    5,
  ],
  // A program that lets such an error through is a program that threw.
  ['threw ABORTED', { status: 'threw', error: error('ABORTED'), ...record }, 1],
  ['threw VARIABLE_UNSET', { status: 'threw', error: error('VARIABLE_UNSET'), ...record }, 1],
  ['threw SYNTAX', { status: 'threw', error: error('SYNTAX'), ...record }, 1],
  ['limit', { status: 'limit', limit: { kind: 'wall', allowed: 1 }, ...record }, 3],
  ['suspended', { status: 'suspended', ...record }, 6],
  ['aborted', { status: 'aborted', error: error('ABORTED'), ...record }, 130],
  ['aborted without a code', { status: 'aborted', error: error(), ...record }, 130],
  ['aborted NOT_ALLOWED', { status: 'aborted', error: error('NOT_ALLOWED'), ...record }, 4],
  [
    'aborted SERVER_UNAVAILABLE',
    { status: 'aborted', error: error('SERVER_UNAVAILABLE'), ...record },
    5,
  ],
])('exitCodeOfOutcome(%s)', (_what, outcome, exit) => {
  expect(exitCodeOfOutcome(outcome)).toBe(exit);
});
