import type { RunRecord } from '@org/runs';
import { duration } from '../amounts.ts';

/** What there is to know of a run beside its id, name and status: names and values, for people. */
export function runFacts(record: RunRecord): [name: string, value: string][] {
  const { createdAt, endedAt, session, principal, parent, host, mode, programDigest } = record;
  const ended = record.status === 'suspended' ? 'suspended' : 'ended';
  const facts: [string, string | undefined][] = [
    ['kind', mode === 'plan' ? 'plan: its writes were withheld' : undefined],
    [ended, endedAt === undefined ? undefined : endText(createdAt, endedAt)],
    ['comes from', parent && `${parent.runId}, as ${parent.as}${stepText(parent.step)}`],
    ['session', session],
    ['for', principal],
    ['process', `${host.pid} on ${host.hostname}`],
    ['arguments', JSON.stringify(record.args)],
    ['entry', record.entry],
    ['seed', record.seed],
    ['program', programDigest && `sha256:${programDigest}`],
    ['engine', `sha256:${record.engineDigest}`],
    ['asked for', record.requested],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function endText(createdAt: number, endedAt: number): string {
  return `${new Date(endedAt).toISOString()}, after ${duration(endedAt - createdAt)}`;
}

function stepText(step: number | undefined): string {
  return step === undefined ? '' : ` after step ${step}`;
}
