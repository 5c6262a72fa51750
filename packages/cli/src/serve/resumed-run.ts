import { SandboxError } from '@org/core';
import type { RunRecord, Runs } from '@org/runs';
import type { AgentRun, ResumeRequest, RunWatch } from '@org/server';
import type { ClientGrant } from './client-grant.ts';
import { decide } from './decide.ts';
import type { HostParts } from './host-parts.ts';
import { skillPrefix } from './run-mapping.ts';
import type { RunView } from './run-view.ts';
import { durable, eventsTo, refusedRun, untilEnd } from './served-run.ts';
import { openServedSkill } from './served-skills.ts';

/** A run of this client, and what it goes on with. */
export interface Resumed {
  readonly runs: Runs;
  readonly record: RunRecord;
  readonly view: RunView;
  readonly grant: ClientGrant;
}

/** Goes on with a run: as it is, or with an edited program. Throws as `AgentClient.resume`. */
export async function resumedRun(
  parts: HostParts,
  { runs, record, view, grant }: Resumed,
  { code, decisions, unknownCalls, limits }: ResumeRequest,
  watch: RunWatch,
): Promise<AgentRun> {
  const { runId, name } = record;
  decide(runs, record, decisions, grant);
  const abort = new AbortController();
  const common = {
    ...view.ports,
    ...eventsTo(watch),
    signal: AbortSignal.any([watch.signal, abort.signal]),
    unknown: unknownCalls ?? parts.unknownCalls,
  };
  const skill = name.startsWith(skillPrefix)
    ? await openServedSkill(name.slice(skillPrefix.length), grant, view)
    : undefined;
  const own = skill === undefined ? {} : { tools: skill.tools, files: skill.files };
  const run = await runs.resume(view.sandbox, runId, { ...common, ...own });
  return untilEnd(parts, durable(run, abort), watch);
}
