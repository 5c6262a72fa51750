// A host of real parts: sandbox, bridge, real servers, generated wrappers, skills on disk. Runs that
// wait for a decision stay alive in memory; nothing outlives the process.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bridge, type BridgeOptions, createBridge, readServerConfig } from '@org/bridge';
import {
  createToolSearch,
  generateGlobals,
  generateServerFiles,
  serverFolders,
} from '@org/codegen';
import {
  type Approver,
  type CallRecord,
  type LogEntry,
  nothingUsed,
  parseSkillId,
  parseVfsPath,
  profiles,
  type RunOutcome,
  SandboxError,
  type ServerId,
  type ToolCaller,
  type ToolCallOutcome,
  type ToolSearch,
  toolsRoot,
  type VfsPath,
} from '@org/core';
import { introspect } from '@org/introspector';
import { createSkillStore } from '@org/skill-store';
import { createFileSystem, type VirtualFileSystem } from '@org/vfs';
import { createSandbox, type Sandbox } from '@org/wasm-runtime';
import { serverEnv } from '../../../test/server-env.ts';
import type {
  AgentClient,
  AgentHost,
  AgentRun,
  AgentRunEvent,
  AgentRunRecord,
  ApprovalRule,
  Decision,
  ExecuteRequest,
  PendingQuestion,
  RecordedToolCall,
  ResumeRequest,
  RunWatch,
} from '../src/index.ts';

const { resolve } = createRequire(path.join(import.meta.dirname, '../../../package.json'));

/** The program of a server from npm. */
export const npmServer = (name: string, ...args: string[]) => ({
  command: process.execPath,
  args: [
    path.join(path.dirname(resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist/index.js'),
    ...args,
  ],
  env: serverEnv,
});

export interface ComposedHostOptions {
  /** As in `mcpServers`. */
  readonly servers?: object;
  readonly ask?: readonly string[];
  readonly approvals?: ApprovalRule;
  readonly maxAnswerTokens?: number;
  /** Folder of skills. */
  readonly skills?: string;
  /** Spans of calls. */
  readonly telemetry?: BridgeOptions['telemetry'];
}

export interface ComposedHost extends AgentHost, AsyncDisposable {
  /** Every tool call that left, in order. */
  readonly sent: readonly string[];
  /** Ids of the runs that compute or wait. */
  readonly live: ReadonlySet<string>;
}

interface SessionParts {
  readonly files: VirtualFileSystem;
  readonly sandbox: Promise<Sandbox>;
}

interface LiveRun {
  readonly record: AgentRunRecord & { outcome?: RunOutcome };
  readonly principal: string;
  readonly stop: AbortController;
  readonly calls: RecordedToolCall[];
  readonly ended: CallRecord[];
  readonly logs: LogEntry[];
  readonly questions: Map<string, { question: PendingQuestion; answer: (yes: boolean) => void }>;
  onEvent: (event: AgentRunEvent) => void;
  /** Settles at the end, and is made anew for each question. */
  turn: PromiseWithResolvers<void>;
  further: number;
}

export async function composeHost(options: ComposedHostOptions = {}): Promise<ComposedHost> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'server-')));
  await writeFile(
    path.join(folder, '.mcp.json'),
    JSON.stringify({ mcpServers: options.servers ?? {} }),
  );
  const runs = new Map<string, LiveRun>();
  const current = new AsyncLocalStorage<LiveRun>();
  const approver: Approver = {
    by: 'test',
    approve: async ({ server, tool, paramsJson }) => {
      const run = current.getStore();
      if (run === undefined) return 'no';
      if (run.further > 0) {
        run.further--;
        return 'once';
      }
      const id = crypto.randomUUID();
      const answer = Promise.withResolvers<boolean>();
      const question = { id, server, tool, paramsJson };
      run.questions.set(id, { question, answer: answer.resolve });
      run.turn.resolve();
      return (await answer.promise) ? 'once' : 'no';
    },
  };
  const bridge = createBridge({
    servers: await readServerConfig({ cwd: folder, env: {} }),
    introspect,
    approver,
    ...(options.ask && { ask: options.ask }),
    ...(options.telemetry && { telemetry: options.telemetry }),
  });
  const sent: string[] = [];
  const tools = (run: LiveRun): ToolCaller => ({
    callTool: async (call, callOptions) => {
      sent.push(`${call.server}.${call.tool}`);
      const outcome = await current.run(run, () => bridge.callTool(call, callOptions));
      run.calls.push(recorded(call, outcome));
      return outcome;
    },
  });
  const folders = serverFolders(bridge.servers);
  const sessions = new Map<string, SessionParts>();
  /** Files of a sandbox are its own: each session has one. */
  const partsOf = (principal: string, session: string): SessionParts => {
    const key = JSON.stringify([principal, session]);
    let parts = sessions.get(key);
    if (parts === undefined) {
      const files = fileSystemOver(bridge, folders);
      parts = { files, sandbox: createSandbox({ workers: 1, files, search }) };
      sessions.set(key, parts);
    }
    return parts;
  };
  const search = toolSearch(bridge, folders);
  const store = createSkillStore({ folders: options.skills ? [options.skills] : [] });

  const clientOf = (principal: string): AgentClient => {
    const own = (runId: string) => {
      const run = runs.get(runId);
      return run?.principal === principal ? run : undefined;
    };
    const execute = (request: ExecuteRequest, watch: RunWatch) =>
      begin(request, watch, { code: request.code });
    const begin = async (
      { code, args, session, limits }: ExecuteRequest,
      watch: RunWatch,
      source: AgentRunRecord['source'],
    ): Promise<AgentRun> => {
      const sandbox = await partsOf(principal, session).sandbox;
      const stop = new AbortController();
      const run: LiveRun = {
        record: { runId: '', session, status: 'running', startedAt: Date.now(), source, args },
        principal,
        stop,
        calls: [],
        ended: [],
        logs: [],
        questions: new Map(),
        onEvent: watch.onEvent,
        turn: Promise.withResolvers<void>(),
        further: 0,
      };
      const abort = () => stop.abort();
      watch.signal.addEventListener('abort', abort, { once: true });
      if (watch.signal.aborted) abort();
      const started = await sandbox.start(code, {
        args,
        limits,
        signal: stop.signal,
        tools: tools(run),
        onEvent: (event) => {
          if (event.type === 'call') run.ended.push(event.call);
          else run.logs.push(event.log);
          run.onEvent(event);
        },
      });
      Object.assign(run.record, { runId: started.runId });
      runs.set(started.runId, run);
      watch.onEvent({ type: 'started', runId: started.runId });
      started.outcome.then((outcome) => {
        Object.assign(run.record, { outcome, status: outcome.status });
        run.questions.clear();
        run.turn.resolve();
      });
      watch.signal.removeEventListener('abort', abort);
      return follow(run, watch);
    };
    return {
      servers: [...folders.values()],
      limits: profiles.strict,
      approvals: options.approvals ?? 'client',
      ...(options.maxAnswerTokens !== undefined && { maxAnswerTokens: options.maxAnswerTokens }),
      execute,
      runSkill: async ({ name, args, session, limits }, watch) => {
        const skill = await store.read(parseSkillId(name));
        const text = Buffer.from(skill.files.get('SKILL.md') ?? []).toString('utf8');
        const code = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
        return begin({ code, args, session, limits }, watch, { skill: name });
      },
      resume: async (request: ResumeRequest, watch: RunWatch) => {
        const run = own(request.runId);
        if (run === undefined) {
          throw new SandboxError('USAGE', `You have no run ${request.runId}.`);
        }
        if (request.code !== undefined) {
          throw new SandboxError('USAGE', 'This host keeps no journal to correct a run with.');
        }
        decide(run, request.decisions);
        return follow(run, watch);
      },
      searchTools: (query, { session: _, ...rest }) => search(query, rest),
      skills: async () =>
        (await store.list()).skills.map(({ id, description }) => ({ name: id, description })),
      skillFiles: async (name) => (await store.read(parseSkillId(name))).files,
      files: (session) => partsOf(principal, session).files,
      runs: async ({ before, limit }) => {
        const all = [...runs.values()].filter((run) => run.principal === principal).reverse();
        const start = all.findIndex(({ record }) => record.runId === before) + 1;
        return all.slice(start, start + limit).map(({ record }) => record);
      },
      run: async (runId) => {
        const run = own(runId);
        return run && { ...run.record, questions: questionsOf(run) };
      },
      calls: async (runId, { from, count }) => own(runId)?.calls.slice(from, from + count),
    };
  };
  return {
    clientOf,
    sent,
    get live() {
      const open = [...runs].filter(([, { record }]) => record.outcome === undefined);
      return new Set(open.map(([runId]) => runId));
    },
    [Symbol.asyncDispose]: async () => {
      for (const { stop } of runs.values()) stop.abort();
      await Promise.all([...sessions.values()].map(async (one) => (await one.sandbox).close()));
      await bridge.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Until the run ends or asks. */
async function follow(run: LiveRun, watch: RunWatch): Promise<AgentRun> {
  const abort = () => run.stop.abort();
  watch.signal.addEventListener('abort', abort, { once: true });
  if (watch.signal.aborted) abort();
  run.onEvent = watch.onEvent;
  if (run.record.outcome === undefined && run.questions.size === 0) await run.turn.promise;
  watch.signal.removeEventListener('abort', abort);
  run.onEvent = () => {};
  run.turn = Promise.withResolvers<void>();
  const { outcome, runId } = run.record;
  const waits: RunOutcome = {
    status: 'suspended',
    logs: [...run.logs],
    calls: [...run.ended],
    usage: nothingUsed,
    runId,
  };
  const questions = questionsOf(run);
  return {
    outcome: outcome ?? waits,
    kept: true,
    resumable: outcome === undefined,
    ...(questions.length > 0 && { questions }),
  };
}

function decide(run: LiveRun, decisions: readonly Decision[]): void {
  for (const { questionId, approve, further } of decisions) {
    const asked = run.questions.get(questionId);
    if (asked === undefined) throw new SandboxError('USAGE', 'That call was decided on already.');
    run.questions.delete(questionId);
    run.further += approve ? further : 0;
    asked.answer(approve);
  }
}

const questionsOf = ({ questions }: LiveRun) => [...questions.values()].map((one) => one.question);

function recorded(
  call: { readonly server: string; readonly tool: string; readonly paramsJson: string },
  outcome: ToolCallOutcome,
): RecordedToolCall {
  const { server, tool, paramsJson } = call;
  const { status } = outcome;
  return outcome.status === 'done'
    ? { server, tool, paramsJson, status, resultJson: outcome.json }
    : { server, tool, paramsJson, status, error: outcome.error.message };
}

function fileSystemOver(bridge: Bridge, folders: ReadonlyMap<ServerId, string>): VirtualFileSystem {
  const lazyFolders = new Map<VfsPath, () => Promise<ReadonlyMap<VfsPath, string>>>();
  for (const [server, name] of folders) {
    lazyFolders.set(parseVfsPath(`servers/${name}`, toolsRoot), async () =>
      generateServerFiles(bridge.permitted(await bridge.catalog(server)), name),
    );
  }
  const files = createFileSystem({ lazyFolders });
  files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));
  return files;
}

function toolSearch(bridge: Bridge, folders: ReadonlyMap<ServerId, string>): ToolSearch {
  let search: Promise<ToolSearch> | undefined;
  return async (query, options) => {
    search ??= Promise.all(bridge.servers.map((server) => bridge.catalog(server))).then(
      (catalogs) => createToolSearch(catalogs, folders),
    );
    return (await search)(query, options);
  };
}
