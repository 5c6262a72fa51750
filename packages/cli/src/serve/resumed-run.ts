import { type JsonValue, type RecordedCall, SandboxError } from '@org/core';
import type { RunRecord, Runs } from '@org/runs';
import type { AgentRun, ResumeRequest, RunWatch } from '@org/server';
import type { ClientGrant } from './client-grant.ts';
import { decideFor } from './decide.ts';
import type { HostParts } from './host-parts.ts';
import { limitsOfRun, withinMost } from './limits-clamp.ts';
import { skillPrefix } from './run-mapping.ts';
import type { RunView } from './run-view.ts';
import { durable, eventsTo, programName, refusedRun, startedRun, untilEnd } from './served-run.ts';
import { openServedSkill } from './served-skills.ts';

/** A run of this client, and what it goes on with. */
export interface Resumed {
  readonly runs: Runs;
  readonly record: RunRecord;
  readonly view: RunView;
  readonly grant: ClientGrant;
}

/**
 * Goes on with a run: as it is where it is suspended or was lost; else with its program, or an edited
 * one, for which equal calls take their recorded answers. Throws as `AgentClient.resume`.
 */
export async function resumedRun(
  parts: HostParts,
  resumed: Resumed,
  request: ResumeRequest,
  watch: RunWatch,
): Promise<AgentRun> {
  const { runs, record, view, grant } = resumed;
  const { code, decisions, unknownCalls, limits } = request;
  decideFor(runs.store, record, decisions, grant);
  const isOpen = record.status === 'suspended' || record.status === 'lost';
  if (code !== undefined || !isOpen) return fixedRun(parts, resumed, request, watch);
  const abort = new AbortController();
  const run = await runs.resume(view.sandbox, record.runId, {
    ...view.ports,
    ...(await portsOfSkill(resumed)),
    ...eventsTo(watch),
    signal: AbortSignal.any([watch.signal, abort.signal]),
    limits: withinMost(grant.limits, limits),
    unknown: unknownCalls ?? parts.unknownCalls,
  });
  return untilEnd(parts, durable(run, abort), watch);
}

/** The tools and files of the skill whose run it is. */
async function portsOfSkill({ record: { name }, view, grant }: Resumed) {
  if (!name.startsWith(skillPrefix)) return {};
  const { tools, files } = await openServedSkill(name.slice(skillPrefix.length), grant, view);
  return { tools, files };
}

async function fixedRun(
  parts: HostParts,
  { record, view, grant }: Resumed,
  { code = record.source, unknownCalls, limits }: ResumeRequest,
  watch: RunWatch,
): Promise<AgentRun> {
  const { runId, status, args, journal, seed, startTime } = record;
  if (status === 'running') {
    throw new SandboxError('RUN_BUSY', `The run ${runId} is under way.`, { retryable: true });
  }
  if (code === undefined) {
    throw new SandboxError('USAGE', `The run ${runId} has ended, and its program is not kept.`, {
      hint: 'Call resume_run with code, or run the skill again.',
    });
  }
  const refused = await refusedRun(parts, code, view, watch.signal);
  if (refused !== undefined) return refused;
  const differences: string[] = [];
  const retry = (unknownCalls ?? parts.unknownCalls) === 'retry';
  const onUnknown = (call: RecordedCall) => (retry && parts.mayRetry(call) ? 'send' : 'fail');
  const run = await startedRun(
    parts,
    code,
    view,
    {
      ...view.ports,
      ...{ name: programName, args: args as JsonValue, seed, startTime },
      limits: limitsOfRun(grant.limits, limits),
      recorded: {
        ...{ run: journal, match: 'content', onUnknown },
        onDivergence: ({ name, args: [first = '', second = ''] }) =>
          differences.push(name === 'callTool' ? `${first}.${second}` : name),
      },
      parent: { runId, as: 'fix' },
    },
    watch,
  );
  const [first] = differences;
  const note = `The first call that was not recorded: ${first}.`;
  return first === undefined ? run : { ...run, notes: [...(run.notes ?? []), note] };
}
