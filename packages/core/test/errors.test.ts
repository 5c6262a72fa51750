import { describe, expect, test } from 'vitest';
import { SandboxError, toCallError } from '../src/index.ts';

describe('toCallError()', () => {
  test('takes code, message, hint and retryable of a SandboxError, and nothing else', () => {
    const error = new SandboxError('CALL_TIMEOUT', 'No answer.', {
      hint: 'Try again.',
      retryable: true,
      cause: new Error('/home/someone/token'),
    });
    expect(toCallError(error)).toEqual({
      code: 'CALL_TIMEOUT',
      message: 'No answer. Try again.',
      retryable: true,
    });
  });

  test('is not retryable unless the error says so', () => {
    expect(toCallError(new SandboxError('TOOL_FAILED', 'No.')).retryable).toBe(false);
  });

  test.each([
    new Error('/home/someone/.ssh/id_rsa'),
    Object.assign(new Error('/home/someone'), { code: 'TOOL_FAILED', name: 'SandboxError' }),
    { name: 'SandboxError', code: 'TOOL_FAILED', message: '/home/someone', retryable: true },
    '/home/someone',
    undefined,
    null,
  ])('hides everything of the foreign error %#', (error) => {
    expect(toCallError(error)).toEqual({
      code: 'INTERNAL',
      message: 'The host failed to carry out this call.',
      retryable: false,
    });
  });
});

describe('new SandboxError()', () => {
  test('has no cause unless one is given', () => {
    expect(Object.hasOwn(new SandboxError('INTERNAL', 'x'), 'cause')).toBe(false);
    expect(new SandboxError('INTERNAL', 'x', { cause: 5 }).cause).toBe(5);
  });
});
