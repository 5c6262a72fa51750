import { type HostCall, SandboxError } from '@org/core';
import { type FixReport, openFix, type RunRecord, type Runs } from '@org/runs';
import type { AgentRun, ResumeRequest, RunWatch } from '@org/server';
import { plainLine } from '../plain-text.ts';
import type { ClientGrant } from './client-grant.ts';
import { decideFor } from './decide.ts';
import { followedRun } from './followed-run.ts';
import type { HostParts } from './host-parts.ts';
import { limitsOfRun, withinMost } from './limits-clamp.ts';
import { skillPrefix } from './run-mapping.ts';
import type { RunView } from './run-view.ts';
import { checkedRun, durable, programName, startedRun, untilEnd, withNotes } from './served-run.ts';
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
  await parts.repeatable.look(record.journal.calls);
  const isOpen = record.status === 'suspended' || record.status === 'lost';
  if (code !== undefined || !isOpen) return fixedRun(parts, resumed, request, watch);
  const options = {
    ...view.ports,
    ...(await portsOfSkill(resumed)),
    limits: withinMost(grant.limits, limits),
    unknown: unknownCalls ?? parts.unknownCalls,
  };
  const run = await followedRun(watch, async (following) =>
    durable(await runs.resume(view.sandbox, record.runId, { ...options, ...following })),
  );
  return untilEnd(parts, run);
}

/** The tools and files of the skill whose run it is. */
async function portsOfSkill({ record: { name }, view, grant }: Resumed) {
  if (!name.startsWith(skillPrefix)) return {};
  const { tools, files } = await openServedSkill(name.slice(skillPrefix.length), grant, view);
  return { tools, files };
}

async function fixedRun(
  parts: HostParts,
  { runs, record, view, grant }: Resumed,
  { code = record.source, unknownCalls, limits }: ResumeRequest,
  watch: RunWatch,
): Promise<AgentRun> {
  const { runId } = record;
  if (code === undefined) {
    throw new SandboxError('USAGE', `The run ${runId} has ended, and its program is not kept.`, {
      hint: 'Call resume_run with code, or run the skill again.',
    });
  }
  const { refused, notes } = await checkedRun(parts, code, view, watch.signal);
  if (refused !== undefined) return refused;
  const { mayRetry } = parts.repeatable;
  const retry = (unknownCalls ?? parts.unknownCalls) === 'retry';
  const fix = openFix(runs.store, runId, {
    mayRetry,
    ...(unknownCalls !== undefined && {
      onUnknown: (call: HostCall) => (retry && mayRetry(call) ? 'send' : 'fail'),
    }),
  });
  const options = {
    ...{ ...fix.options, ...view.ports, name: programName },
    limits: limitsOfRun(grant.limits, limits),
  };
  const run = await startedRun(parts, code, view, options, watch);
  return withNotes(run, [...notes, ...notesOn(fix.report(run.outcome.runId))]);
}

function notesOn({ reused, firstDifference, notMade }: FixReport): string[] {
  const notes = [`${reused} calls took their recorded answers and were not made again.`];
  if (firstDifference !== undefined) {
    const { name, args } = firstDifference;
    const what = name === 'callTool' ? `${args[0]}.${args[1]}` : name;
    notes.push(`The first call that was made anew: ${plainLine(what)}.`);
  }
  if (notMade.length > 0) {
    notes.push(`${notMade.length} calls of the earlier run were not needed any more.`);
  }
  return notes;
}
