import type {
  CallRecord,
  FileSystem,
  JsonObject,
  JsonValue,
  Limits,
  LogEntry,
  RunOutcome,
  ToolSearchOptions,
  ToolSearchResult,
} from '@org/core';

/** What the server serves. Whoever composes it implements this, and closes it after the server. */
export interface AgentHost {
  /**
   * What one client may do and see. Asked for at each connection, over HTTP at each request: cheap.
   * @param principal whom the transport has proven the client to be. Equal ones share sessions, runs
   * and state; different ones share nothing
   * @throws SandboxError `NOT_ALLOWED` where there is no such client (any more)
   */
  clientOf(principal: string): AgentClient;
}

/**
 * Who can let a call through that the policy asks about. Each includes the one before; refusing is
 * open to all.
 * `operator`: only whoever has the host's command line.
 * `client`: also the person at the client, whom it asks by elicitation.
 * `agent`: also the model, by an argument of `resume_run`.
 */
export type ApprovalRule = 'operator' | 'client' | 'agent';

/** One client's view of the host. Sessions are named by the client and are its own. */
export interface AgentClient {
  /** The servers whose tools it may use, as programs import them: `./servers/<name>`. */
  readonly servers: readonly string[];
  /** The most that a run of it may use; what it asks for is clamped to these. */
  readonly limits: Limits;
  readonly approvals: ApprovalRule;
  /** The most tokens of an answer. Default: the server's. */
  readonly maxAnswerTokens?: number;

  /**
   * Runs a program. Settles when it has ended or is suspended; what the program does wrong is in the
   * outcome.
   * @throws SandboxError where there was nothing to run, or the host fails
   */
  execute(request: ExecuteRequest, watch: RunWatch): Promise<AgentRun>;
  /** Runs a skill. @throws SandboxError `SKILL_NOT_FOUND`, `SKILL_NOT_TRUSTED`, …, as `execute` */
  runSkill(request: SkillRequest, watch: RunWatch): Promise<AgentRun>;
  /**
   * Goes on with a run of this client that is suspended, was lost, or failed. One that still waits
   * for a decision, or returned, is given as it is.
   * @throws SandboxError `USAGE` where there is no such run of this client or nothing to go on with,
   * `NOT_ALLOWED` for a decision that `approvals` does not leave to its maker, and as `execute`
   */
  resume(request: ResumeRequest, watch: RunWatch): Promise<AgentRun>;

  /** As the guest's `searchTools`; what the client may not use is not found. */
  searchTools(
    query: string,
    options: ToolSearchOptions & { readonly session: string },
  ): Promise<ToolSearchResult>;

  /** The skills that the client may run, by name. */
  skills(): Promise<readonly SkillSummary[]>;
  /**
   * The files of a skill by their path in its folder.
   * @throws SandboxError `SKILL_NOT_FOUND`, `SKILL_DAMAGED`
   */
  skillFiles(name: string): Promise<ReadonlyMap<string, Uint8Array>>;

  /** `/workspace` and `/mcp-tools` as programs of the session see them. */
  files(session: string): FileSystem;

  /** Runs of this client, newest first. @param before a run id: only older ones */
  runs(options: {
    readonly before?: string;
    readonly limit: number;
  }): Promise<readonly AgentRunSummary[]>;
  /** Undefined for another client's run too. */
  run(runId: string): Promise<AgentRunRecord | undefined>;
  /** Tool calls of a run in their order. @param from index, from 0 */
  calls(
    runId: string,
    range: { readonly from: number; readonly count: number },
  ): Promise<readonly RecordedToolCall[] | undefined>;
}

export interface ExecuteRequest {
  /** TypeScript or JavaScript. */
  readonly code: string;
  readonly args: JsonValue;
  readonly session: string;
  /** Within `AgentClient.limits`. Those left out: the host's defaults. */
  readonly limits: Partial<Limits>;
}

export interface SkillRequest {
  readonly name: string;
  readonly args: JsonValue;
  readonly session: string;
  readonly limits: Partial<Limits>;
}

export interface ResumeRequest {
  readonly runId: string;
  /** Of the questions that were shown to whoever decided, and of no others. */
  readonly decisions: readonly Decision[];
  /** Calls that were sent and never answered: make them again, or fail them. Default: the host's. */
  readonly unknownCalls?: 'retry' | 'fail';
  /** An edited program: equal calls take their recorded answers, and the first other one is made. */
  readonly code?: string;
  readonly limits: Partial<Limits>;
}

export interface Decision {
  readonly questionId: string;
  readonly approve: boolean;
  /** With an approval: how many further calls of the same tool by this run are approved as well. */
  readonly further: number;
  /** Who has decided: the person at the client, or the model. */
  readonly by: 'client' | 'agent';
}

/** Follows a run. */
export interface RunWatch {
  /** Aborts the run, maybe before it begins; calls in flight are recorded as `unknown`. */
  readonly signal: AbortSignal;
  /** Must not throw. */
  readonly onEvent: (event: AgentRunEvent) => void;
}

export type AgentRunEvent =
  | { readonly type: 'started'; readonly runId: string }
  | { readonly type: 'call'; readonly call: CallRecord }
  | { readonly type: 'log'; readonly log: LogEntry };

/** How a run ended, or why it waits. */
export interface AgentRun {
  readonly outcome: RunOutcome;
  /** Whether `AgentClient.run` finds it: its whole result can be read later. */
  readonly kept: boolean;
  /** Of a program that its types keep from running. */
  readonly diagnostics?: readonly ProgramDiagnostic[];
  /** Of a suspended run: the calls that wait for a decision. */
  readonly questions?: readonly PendingQuestion[];
  /** Whether `resume` can go on with it as it is. */
  readonly resumable: boolean;
  /** The skill whose program it was; left out for a program that the agent has written. */
  readonly skill?: string;
  /** What the agent shall know besides, a sentence each. */
  readonly notes?: readonly string[];
}

/** A mistake in a program's types. */
export interface ProgramDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  /** Set where it is about another file than the program. */
  readonly file?: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly sourceLine: string;
  readonly hint?: string;
  readonly signature?: string;
}

/** A call that waits for a decision. */
export interface PendingQuestion {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  /** As they would be sent. Text of a program: hostile. */
  readonly paramsJson: string;
}

export interface SkillSummary {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; left out for a skill that is only a text. */
  readonly parameters?: JsonObject;
}

export interface AgentRunSummary {
  readonly runId: string;
  readonly session: string;
  readonly status: RunOutcome['status'] | 'running' | 'lost';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface AgentRunRecord extends AgentRunSummary {
  /** The program, or the name of the skill. */
  readonly source: { readonly code: string } | { readonly skill: string };
  readonly args: JsonValue;
  /** Of a run that has ended or is suspended. */
  readonly outcome?: RunOutcome;
  readonly questions?: readonly PendingQuestion[];
}

/** A tool call with what was sent and answered, as far as it is kept. */
export interface RecordedToolCall {
  readonly server: string;
  readonly tool: string;
  readonly paramsJson: string;
  readonly status: CallRecord['status'] | 'pending';
  readonly resultJson?: string;
  readonly error?: string;
}
