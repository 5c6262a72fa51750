import { boolean, option, string } from '@oclif/core/flags';
import { type Limits, type ProfileName, profiles } from '@org/core';
import { cacheFlag } from '../cache-folder.ts';
import { parseBytes, parseFuel, parseMilliseconds } from '../flag-values.ts';
import { mountFlag } from '../mount-flag.ts';

const patterns = (summary: string) =>
  string({ multiple: true, multipleNonGreedy: true, helpValue: '<pattern>', summary });

/** `--fuel`, `--memory`, `--wall`. */
export const limitFlags = {
  fuel: string({ helpValue: '<units>', summary: 'Most work, in units of fuel, such as 500M.' }),
  memory: string({ helpValue: '<size>', summary: 'Most memory, such as 64MiB (or in bytes).' }),
  wall: string({ helpValue: '<time>', summary: 'Most time, such as 30s (or in milliseconds).' }),
};

export const profileFlag = option({
  options: Object.keys(profiles) as ProfileName[],
  default: 'moderate' as ProfileName,
  summary: 'Limits to start from.',
});

export interface LimitTexts {
  readonly fuel?: string | undefined;
  readonly memory?: string | undefined;
  readonly wall?: string | undefined;
}

/** @throws SandboxError `USAGE` */
export function limitsOf({ fuel, memory, wall }: LimitTexts): Partial<Limits> {
  return {
    ...(fuel === undefined ? {} : { fuel: parseFuel('fuel', fuel) }),
    ...(memory === undefined ? {} : { memoryBytes: parseBytes('memory', memory) }),
    ...(wall === undefined ? {} : { wallMs: parseMilliseconds('wall', wall) }),
  };
}

/** What a program may do while it runs, and what is kept of that. */
export const liveFlags = {
  allow: patterns(
    'Only let the program use these tools: github, github.get_issue, *.get_*. May be given several times, as the next three.',
  ),
  ask: patterns('Ask before each call of these tools; --on-ask says how.'),
  deny: patterns('Refuse calls of these tools, whatever else allows them.'),
  reapprove: patterns('Forget that these tools were approved for always.'),
  approvals: string({
    helpValue: '<file>',
    summary: "Where approvals are remembered. Default: a file in the user's configuration.",
  }),
  audit: string({
    helpValue: '<file>',
    summary: 'Append a record of each call to this file: who, what, how it ended; no content.',
  }),
  verbose: boolean({
    summary: 'Show on stderr what servers log; on a terminal it is shown anyway.',
  }),
  mount: mountFlag,
  cache: cacheFlag,
  learn: boolean({
    allowNo: true,
    default: true,
    summary: 'Learn the types of results from the results of this run. Default: yes.',
  }),
};

export const askings = ['ask', 'suspend', 'refuse'] as const;

/**
 * What becomes of a call that needs an approval: a person is asked at the terminal, the run waits in
 * its record for `run approve`, or the call is refused.
 */
export type OnAsk = (typeof askings)[number];
