/** Stable codes: programs and scripts may branch on them, so a code is never reworded. */
export type ErrorCode =
  // names and paths
  | 'INVALID_NAME'
  | 'INVALID_PATH'
  // virtual file system and state
  | 'FILE_NOT_FOUND'
  | 'NOT_A_FILE'
  | 'NOT_TEXT'
  | 'READ_ONLY'
  | 'QUOTA_EXCEEDED'
  // configuration and usage
  | 'USAGE'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_INVALID'
  | 'VARIABLE_UNSET'
  // tool calls
  | 'UNKNOWN_SERVER'
  | 'UNKNOWN_TOOL'
  | 'UNKNOWN_RESOURCE'
  | 'UNKNOWN_PROMPT'
  | 'UNKNOWN_BLOB'
  | 'NOT_ALLOWED'
  | 'NOT_TRUSTED'
  | 'APPROVAL_REQUIRED'
  | 'NOT_IN_PLAN'
  | 'PLAN_DAMAGED'
  | 'DEFINITION_CHANGED'
  | 'RATE_LIMITED'
  | 'INVALID_PARAMS'
  | 'PARAMS_TOO_LARGE'
  | 'UNKNOWN_TOKEN'
  | 'RESULT_TOO_LARGE'
  | 'RESULT_INVALID'
  | 'SERVER_UNAVAILABLE'
  | 'TOOL_FAILED'
  | 'CALL_TIMEOUT'
  | 'CALL_UNKNOWN'
  // programs
  | 'SYNTAX'
  | 'UNKNOWN_IMPORT'
  | 'TYPE_ERROR'
  | 'NO_RESULT'
  | 'RESULT_NOT_JSON'
  | 'DEADLOCK'
  | 'UNAVAILABLE_IN_SANDBOX'
  | 'SNAPSHOT_REFUSED'
  | 'PROGRAM_REFUSED'
  | 'ABORTED'
  // skills
  | 'SKILL_NOT_FOUND'
  | 'SKILL_DAMAGED'
  | 'SKILL_NOT_TRUSTED'
  // runs that are kept
  | 'RUN_NOT_FOUND'
  | 'RUN_BUSY'
  | 'RUN_NOT_RESUMABLE'
  | 'STORE_FAILED'
  | 'STORE_DAMAGED'
  | 'STORE_TOO_NEW'
  // host
  | 'ENGINE_FAULT'
  | 'INTERNAL';

export interface SandboxErrorOptions {
  /** What the reader should do next; printed on a line of its own. */
  readonly hint?: string;
  /** Whether the same request may succeed if it is made again. */
  readonly retryable?: boolean;
  /** When the same request may be made again, in milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * A fault of the host or of its input, told to a person or a program.
 * What a guest program does wrong is never thrown: it is a `RunOutcome`.
 */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: SandboxErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** An error as it crosses to the guest: text and flags, never a host object or stack. */
export interface CallError {
  readonly code: ErrorCode;
  /** Says what went wrong and what to do next. */
  readonly message: string;
  readonly retryable: boolean;
  /** When the same call may be made again, in milliseconds from its answer, where that is known. */
  readonly retryAfterMs?: number;
}

/**
 * What of `error` may cross to a guest: code, message and hint of a `SandboxError`.
 * Anything else could name host paths or secrets and becomes `INTERNAL` without detail.
 */
export function toCallError(error: unknown): CallError {
  if (!(error instanceof SandboxError)) {
    return {
      code: 'INTERNAL',
      message: 'The host failed to carry out this call.',
      retryable: false,
    };
  }
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const { code, retryable, retryAfterMs } = error;
  return { code, message, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
