import type { CallContext } from './tool-call.ts';

/** Most further calls of a tool in the same run that one decision covers. */
export const mostFurtherCalls = 1_000;

/** A call that the operator's policy does not let through without a person's word. */
export interface ApprovalRequest {
  readonly server: string;
  /** A tool, or what else is asked for by `methodName`. */
  readonly tool: string;
  /** The parameters exactly as they are sent, but for blobs. Text of a program: hostile. */
  readonly paramsJson: string;
  /** The parameters as the program gave them, where a content filter has changed them since. */
  readonly givenJson?: string;
  /** The strings of the parameters in whose place blobs are sent, and the size of those. */
  readonly blobs?: readonly { readonly handle: string; readonly bytes: number }[];
  /** Of the tool's definition; `always` holds for this one only. */
  readonly definitionDigest: string;
  /** On whose behalf the call is made, as far as its caller knows. */
  readonly context?: CallContext;
}

/** Port to the person who decides on single calls. */
export interface Approver {
  /** Who answers, for the records of calls: a user's name, or that of a service. */
  readonly by?: string;
  /** May be asked about several calls at one time. Default: about one after another. */
  readonly parallel?: boolean;
  /**
   * `once`: this call; `always`: also later calls of the tool while its definition stays as it is.
   * When `signal` aborts, nobody waits for the answer.
   */
  approve(
    request: ApprovalRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<'once' | 'always' | 'no'>;
}
