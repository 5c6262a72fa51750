import { type ErrorCode, SandboxError, type VfsPath } from '@org/core';
import type { Bundle, ProgramSource } from './bundle.ts';
import type { ImportedFile } from './imports.ts';

/** A `SandboxError` as it passes between processes. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
}

/** Host → compile process. */
export type CompileRequest =
  | { readonly type: 'compile'; readonly job: number; readonly program: ProgramSource }
  | {
      readonly type: 'resolved';
      readonly request: number;
      readonly result: { readonly file: ImportedFile } | { readonly error: PlainError };
    };

/** Compile process → host. */
export type CompileReply =
  | { readonly type: 'compiled'; readonly job: number; readonly bundle: Bundle }
  | { readonly type: 'failed'; readonly job: number; readonly error: PlainError }
  | {
      readonly type: 'resolve';
      readonly job: number;
      readonly request: number;
      readonly specifier: string;
      readonly importer: VfsPath;
    };

export function toPlainError(error: unknown): PlainError {
  if (error instanceof SandboxError) {
    const { code, message, hint, retryable } = error;
    return { code, message, hint, retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message, hint: undefined, retryable: false };
}

export function toSandboxError({ code, message, hint, retryable }: PlainError): SandboxError {
  return new SandboxError(code, message, { ...(hint === undefined ? {} : { hint }), retryable });
}
