import { counted, type HostCall } from '@org/core';
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
 * Goes on with a run: as it is where it is suspended or was lost; else with its program as it is
 * recorded, or an edited one, for which equal calls take their recorded answers. Throws as
 * `AgentClient.resume`.
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
  return { ...(await untilEnd(parts, run)), ...ofSkill(record) };
}

/** The tools and files of the skill whose run it is. */
async function portsOfSkill({ record, view, grant }: Resumed) {
  const { skill } = ofSkill(record);
  if (skill === undefined) return {};
  const { tools, files } = await openServedSkill(skill, grant, view);
  return { tools, files };
}

/** Goes on with a run that has ended, in a new one. */
async function fixedRun(
  parts: HostParts,
  resumed: Resumed,
  request: ResumeRequest,
  watch: RunWatch,
): Promise<AgentRun> {
  const { runs, record, view, grant } = resumed;
  const { code, unknownCalls, limits } = request;
  const { runId } = record;
  const { refused, notes } =
    code === undefined ? { notes: [] } : await checkedRun(parts, code, view, watch.signal);
  if (refused !== undefined) return refused;
  const { mayRetry } = parts.repeatable;
  const retry = (unknownCalls ?? parts.unknownCalls) === 'retry';
  const fix = openFix(runs.store, runId, {
    mayRetry,
    ...(unknownCalls !== undefined && {
      onUnknown: (call: HostCall) => (retry && mayRetry(call) ? 'send' : 'fail'),
    }),
  });
  const own =
    code === undefined
      ? { ...(await portsOfSkill(resumed)), ...(record.source && { source: record.source }) }
      : { name: programName };
  const options = {
    ...{ ...fix.options, ...view.ports, ...own },
    limits: limitsOfRun(grant.limits, limits),
  };
  const program = code ?? fix.program(view.sandbox);
  const run = await startedRun(parts, program, view, options, watch);
  const skill = code === undefined ? ofSkill(record) : {};
  return { ...withNotes(run, [...notes, ...notesOn(fix.report(run.outcome.runId))]), ...skill };
}

function ofSkill({ name }: RunRecord): Pick<AgentRun, 'skill'> {
  return name.startsWith(skillPrefix) ? { skill: name.slice(skillPrefix.length) } : {};
}

function notesOn({ reused, firstDifference, notMade }: FixReport): string[] {
  const notes = [
    `${counted(reused, 'call took its recorded answer and was', 'calls took their recorded answers and were')} not made again.`,
  ];
  if (firstDifference !== undefined) {
    const { name, args } = firstDifference;
    const what = name === 'callTool' ? `${args[0]}.${args[1]}` : name;
    notes.push(`The first call that was made anew: ${plainLine(what)}.`);
  }
  if (notMade.length > 0) {
    notes.push(
      `${counted(notMade.length, 'call of the earlier run was', 'calls of the earlier run were')} not needed any more.`,
    );
  }
  return notes;
}
