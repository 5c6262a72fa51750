import { SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { classify } from '../src/mcp-failure.ts';
import { StatusError } from '../src/mcp-status-error.ts';

const { signal } = new AbortController();

const kindOf = (status: number): string => {
  const told = new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'no', {
    status,
    statusText: '',
  });
  const { kind } = classify(told, signal).reply;
  expect(classify(new StatusError(status, new Error('no'), false), signal).reply.kind).toBe(kind);
  return kind;
};

test('classify(): what is refused or redirected was not carried out', () => {
  const statuses = [301, 302, 307, 308, 400, 401, 403, 404, 405, 408, 409, 413, 421, 429, 451];
  for (const status of [...statuses, 501, 503, 505, 511]) expect(kindOf(status)).toBe('unsent');
});

test('classify(): behind a gateway that has no answer it may have been', () => {
  for (const status of [303, 502, 504, 520, 524, 530, 599])
    expect(kindOf(status)).toBe('unanswered');
});

test('classify(): with 500 a server says that it failed', () => {
  expect(kindOf(500)).toBe('rejected');
});
