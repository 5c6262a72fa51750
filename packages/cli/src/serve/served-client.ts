import {
  type FileSystem,
  type Limits,
  type RunOutcome,
  SandboxError,
  type ToolSearchOptions,
  type ToolSearchResult,
} from '@org/core';
import type { RunRecord, Runs } from '@org/runs';
import type {
  AgentClient,
  AgentRun,
  AgentRunRecord,
  AgentRunSummary,
  ApprovalRule,
  ExecuteRequest,
  RecordedToolCall,
  ResumeRequest,
  RunWatch,
  SkillRequest,
  SkillSummary,
} from '@org/server';
import type { ClientGrant } from './client-grant.ts';
import type { HostParts } from './host-parts.ts';
import { limitsOfRun } from './limits-clamp.ts';
import { resumedRun } from './resumed-run.ts';
import { recordOf, skillPrefix, summaryOf, toolCallsOf } from './run-mapping.ts';
import { type RunView, viewForRun } from './run-view.ts';
import {
  checkedRun,
  endedRun,
  noRecords,
  programName,
  startedRun,
  withNotes,
} from './served-run.ts';
import { filesOf, openServedSkill, skillsFor } from './served-skills.ts';
import { parseSessionName } from './sessions/session-name.ts';

/** What one client may do with a host. */
export class ServedClient implements AgentClient {
  readonly servers: readonly string[];
  readonly limits: Limits;
  readonly approvals: ApprovalRule;
  readonly #parts: HostParts;
  readonly #grant: ClientGrant;

  /** @throws SandboxError `USAGE` or `UNKNOWN_SERVER`: rules of its token that cannot be used */
  constructor(parts: HostParts, grant: ClientGrant) {
    this.#parts = parts;
    this.#grant = grant;
    this.limits = grant.limits;
    this.approvals = grant.approvals;
    this.servers = parts.toolbox.pinned(grant.rules).servers;
  }

  execute({ code, args, session, limits }: ExecuteRequest, watch: RunWatch): Promise<AgentRun> {
    return this.#within(session, async (view) => {
      const { refused, notes } = await checkedRun(this.#parts, code, view, watch.signal);
      if (refused !== undefined) return refused;
      const own = { name: programName, args, limits: limitsOfRun(this.limits, limits) };
      const run = await startedRun(this.#parts, code, view, { ...view.ports, ...own }, watch);
      return withNotes(run, notes);
    });
  }

  runSkill({ name, args, session, limits }: SkillRequest, watch: RunWatch): Promise<AgentRun> {
    return this.#within(session, async (view) => {
      const { program, tools, files, notes } = await openServedSkill(name, this.#grant, view);
      const own = {
        ...{ name: `${skillPrefix}${name}`, args, tools, files },
        limits: limitsOfRun(this.limits, limits),
      };
      const run = await startedRun(this.#parts, program, view, { ...view.ports, ...own }, watch);
      return { ...withNotes(run, notes), skill: name };
    });
  }

  async resume(request: ResumeRequest, watch: RunWatch): Promise<AgentRun> {
    const { runs, record } = this.#own(request.runId);
    if (record.status === 'returned' && request.code === undefined) {
      return endedRun(runs, record.outcome as RunOutcome);
    }
    return this.#within(record.session, (view) =>
      resumedRun(this.#parts, { runs, record, view, grant: this.#grant }, request, watch),
    );
  }

  searchTools(
    query: string,
    { session, ...options }: ToolSearchOptions & { readonly session: string },
  ): Promise<ToolSearchResult> {
    return this.#within(session, ({ ports }) => ports.search(query, options));
  }

  skills(): Promise<readonly SkillSummary[]> {
    return skillsFor(this.#parts.toolbox.skills, this.#grant);
  }

  skillFiles(name: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return filesOf(this.#parts.toolbox.skills, this.#grant, name);
  }

  files(session: string): FileSystem {
    return {
      readFile: (path) => this.#within(session, ({ ports }) => ports.files.readFile(path)),
      listFiles: (path) => this.#within(session, ({ ports }) => ports.files.listFiles(path)),
      writeFile: (path, text) =>
        this.#within(session, ({ ports }) => ports.files.writeFile(path, text)),
    };
  }

  async runs({
    before,
    limit,
  }: {
    readonly before?: string;
    readonly limit: number;
  }): Promise<readonly AgentRunSummary[]> {
    const { runs } = this.#parts;
    if (runs === undefined) return [];
    if (before !== undefined && this.#find(runs, before) === undefined) return [];
    const { principal } = this.#grant;
    const found = runs.list({ principal, limit, ...(before !== undefined && { after: before }) });
    return found.map(summaryOf);
  }

  async run(runId: string): Promise<AgentRunRecord | undefined> {
    const record = this.#parts.runs && this.#find(this.#parts.runs, runId);
    return record && recordOf(record);
  }

  async calls(
    runId: string,
    { from, count }: { readonly from: number; readonly count: number },
  ): Promise<readonly RecordedToolCall[] | undefined> {
    const record = this.#parts.runs && this.#find(this.#parts.runs, runId);
    return record && toolCallsOf(record).slice(from, from + count);
  }

  /** Another client's run is none. */
  #find(runs: Runs, runId: string): RunRecord | undefined {
    const record = runs.get(runId);
    return record?.principal === this.#grant.principal ? record : undefined;
  }

  #own(runId: string): { readonly runs: Runs; readonly record: RunRecord } {
    const { runs } = this.#parts;
    if (runs === undefined) throw noRecords();
    const record = this.#find(runs, runId);
    if (record !== undefined) return { runs, record };
    throw new SandboxError(
      'RUN_NOT_FOUND',
      `There is no run ${JSON.stringify(runId.slice(0, 80))}.`,
      {
        hint: 'Take the runId of an answer of execute_code or run_skill.',
      },
    );
  }

  /** @throws SandboxError `INVALID_NAME` for a session that cannot be named so */
  async #within<Result>(
    session: string | undefined,
    work: (view: RunView) => Promise<Result>,
  ): Promise<Result> {
    const { sessions, toolbox } = this.#parts;
    const sandbox = await this.#parts.sandbox();
    const { principal } = this.#grant;
    const key = { principal, name: parseSessionName(session ?? 'default') };
    return sessions.use(key, async (live) =>
      work(await viewForRun(toolbox, sandbox, this.#grant, live)),
    );
  }
}
