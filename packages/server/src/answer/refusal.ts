import { SandboxError, toCallError } from '@org/core';
import type { ToolAnswer } from './answer.ts';
import { textsOf } from './texts.ts';

/** The answer where there was nothing to run. What is not ours to tell becomes `INTERNAL`. */
export function refusalOf(error: unknown): ToolAnswer {
  const { code, message, retryable } = toCallError(error);
  const hint = error instanceof SandboxError ? error.hint : undefined;
  const structured = {
    status: 'refused' as const,
    error: {
      name: 'Refused',
      message: error instanceof SandboxError ? error.message : message,
      code,
      ...(retryable && { retryable }),
    },
    ...(hint !== undefined && { next: hint }),
  };
  return { structured, texts: textsOf(structured), media: [], isError: true };
}
