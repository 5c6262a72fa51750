import type { CallOptions, JsonObject, ServerId, ToolCall, ToolDefinition } from '@org/core';
import type { PutBlob } from './blobs.ts';
import type { CallView } from './call-view.ts';
import type { Sighting } from './observed-calls.ts';
import type { Deadline } from './retry.ts';
import type { Connected } from './server-connection.ts';
import type { RequestMeta } from './telemetry.ts';
import type { Answered, Verdict } from './verdict.ts';

/** Options of a call within the bridge. */
export interface InnerOptions extends CallOptions {
  readonly meta?: RequestMeta;
  readonly sighting?: Sighting;
  /** The parameters as the program gave them, where a filter has changed them. */
  readonly givenJson?: string;
}

export type InnerCall = (call: ToolCall, options: InnerOptions) => Promise<Answered>;

/** Filled in as a call goes its way, and kept when it throws. */
export interface Told {
  verdict?: Verdict;
}

/** A call of a tool that there is, with parameters that are an object. */
export interface Checked {
  readonly connected: Connected;
  readonly server: ServerId;
  readonly tool: ToolDefinition;
  /** As the program made them. */
  readonly params: JsonObject;
  /** With blobs in the place of their handles. */
  readonly sent: JsonObject;
  readonly put: readonly PutBlob[];
  readonly view: CallView;
  readonly meta: RequestMeta | undefined;
  readonly sighting: Sighting | undefined;
}

/** How a call leaves. */
export interface Leaving {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  /** Called before it does, and throws where it must not. */
  readonly onSent: () => void;
}
