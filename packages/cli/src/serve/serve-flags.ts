import { boolean, option, string } from '@oclif/core/flags';
import { type Limits, type ProfileName, profiles, resolveLimits, SandboxError } from '@org/core';
import type { UnknownCalls } from '@org/runs';
import type { ApprovalRule, LogLevel } from '@org/server';
import { cacheFlag } from '../cache-folder.ts';
import { parseBytes, parseCount, parseFuel, parseMilliseconds } from '../flag-values.ts';
import { mountFlag } from '../mount-flag.ts';
import { recordFlag } from '../runs/recording.ts';
import { tokensFlag } from './tokens-folder.ts';

const patterns = (summary: string) =>
  string({ multiple: true, multipleNonGreedy: true, helpValue: '<pattern>', summary });
const names = (helpValue: string, summary: string) =>
  string({ multiple: true, multipleNonGreedy: true, helpValue, summary, helpGroup: 'HTTP' });

const policyFlags = {
  allow: patterns(
    'Only let programs use these tools: github, github.get_issue, *.get_*. May be given several times, as the next two.',
  ),
  ask: patterns('Ask a person before each call of these tools; the run waits until then.'),
  deny: patterns('Refuse calls of these tools, whatever else allows them.'),
  approvals: option({
    options: ['operator', 'client', 'agent'] as const satisfies readonly ApprovalRule[],
    default: 'client' as ApprovalRule,
    summary:
      'Who may approve such calls: only "mcp-cli run approve", or also the person at the client, or also the model. Default: client.',
  })(),
  'approvals-file': string({
    helpValue: '<file>',
    summary: "Where approvals for always are kept. Default: a file in the user's configuration.",
  }),
  unknown: option({
    options: ['ask', 'retry', 'fail'] as const,
    default: 'ask' as const,
    summary:
      'What becomes of a call that was sent and never answered when its run goes on: it is asked about, made again where that does no harm, or fails. Default: ask.',
  })(),
};

const limitFlags = {
  profile: option({
    options: Object.keys(profiles) as ProfileName[],
    default: 'permissive' as ProfileName,
    summary: 'The most that a run may use; a client asks for limits within it.',
  })(),
  'max-wall': string({ helpValue: '<time>', summary: 'Most time of a run, such as 30s.' }),
  'max-memory': string({ helpValue: '<size>', summary: 'Most memory of a run, such as 64MiB.' }),
  'max-fuel': string({ helpValue: '<units>', summary: 'Most work of a run, such as 500M.' }),
  'max-calls': string({ helpValue: '<number>', summary: 'Most tool calls of a run.' }),
  workers: string({
    helpValue: '<number>',
    summary:
      'Threads, and so most programs that compute at one time. Default: twice the processors.',
  }),
};

const httpFlags = {
  http: string({
    helpValue: '[<host>:]<port>',
    summary:
      'Serve over Streamable HTTP at /mcp instead of stdio. Default host: this machine only.',
    helpGroup: 'HTTP',
  }),
  'require-token': boolean({
    summary: 'Ask clients on this machine for a token too; all others always need one.',
    helpGroup: 'HTTP',
  }),
  'allow-host': names('<name>', 'A name under which clients reach the server, beside its address.'),
  'allow-origin': names(
    '<origin>',
    'A web page that may call it, such as https://app.example.org.',
  ),
  'http-cap': names(
    '<name>=<value>',
    'Another value of a cap, such as bodyBytes=4MiB, requestMs=2m or requests=100; docs/http.md has all.',
  ),
  tokens: tokensFlag,
};

export const serveFlags = {
  ...policyFlags,
  ...limitFlags,
  ...httpFlags,
  check: boolean({
    allowNo: true,
    default: true,
    summary: 'Check the types of programs first, and run none with an error. Default: yes.',
  }),
  learn: boolean({
    allowNo: true,
    default: true,
    summary: 'Learn the types of results, for each session by itself. Default: yes.',
  }),
  record: recordFlag,
  sessions: string({
    helpValue: '<file>',
    summary: "What sessions keep: state, files, types. Default: a file in the user's data.",
  }),
  'session-idle': string({
    helpValue: '<time>',
    default: '30m',
    summary: 'How long a session that nobody uses stays in memory; what it keeps stays.',
  }),
  skills: string({
    helpValue: '<folder>',
    summary: 'Folder of skills. Default: .claude/skills and .agents/skills of the project.',
  }),
  audit: string({
    helpValue: '<file>',
    summary: 'Append a record of each call to this file: who, what, how it ended; no content.',
  }),
  mount: mountFlag,
  cache: cacheFlag,
  'log-level': option({
    options: ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const,
    summary: 'What is logged to stderr, as JSON lines. Default: warn; info with --http.',
  })(),
};

/** Values of these flags, and of those that all commands have. */
export interface ServeFlags extends LimitTexts {
  readonly config: string | undefined;
  readonly allow: readonly string[] | undefined;
  readonly ask: readonly string[] | undefined;
  readonly deny: readonly string[] | undefined;
  readonly approvals: ApprovalRule;
  readonly 'approvals-file': string | undefined;
  readonly unknown: UnknownCalls;
  readonly workers: string | undefined;
  readonly http: string | undefined;
  readonly 'require-token': boolean;
  readonly 'allow-host': readonly string[] | undefined;
  readonly 'allow-origin': readonly string[] | undefined;
  readonly 'http-cap': readonly string[] | undefined;
  readonly tokens: string | undefined;
  readonly check: boolean;
  readonly learn: boolean;
  readonly record: boolean;
  readonly sessions: string | undefined;
  readonly 'session-idle': string;
  readonly skills: string | undefined;
  readonly audit: string | undefined;
  readonly mount: readonly string[] | undefined;
  readonly cache: boolean;
  readonly 'log-level': LogLevel | undefined;
}

interface LimitTexts {
  readonly profile: ProfileName;
  readonly 'max-wall'?: string | undefined;
  readonly 'max-memory'?: string | undefined;
  readonly 'max-fuel'?: string | undefined;
  readonly 'max-calls'?: string | undefined;
}

/** The most that a run may use. @throws SandboxError `USAGE` */
export function mostOf(flags: LimitTexts): Limits {
  const { profile, 'max-wall': wall, 'max-memory': memory } = flags;
  const { 'max-fuel': fuel, 'max-calls': calls } = flags;
  return resolveLimits(profile, {
    ...(wall !== undefined && { wallMs: parseMilliseconds('max-wall', wall) }),
    ...(memory !== undefined && { memoryBytes: parseBytes('max-memory', memory) }),
    ...(fuel !== undefined && { fuel: parseFuel('max-fuel', fuel) }),
    ...(calls !== undefined && { toolCalls: parseCount('max-calls', calls) }),
  });
}

/**
 * `8080`, `127.0.0.1:8080`, `[::1]:8080` or `0.0.0.0:8080`; port 0 is a free one.
 * @throws SandboxError `USAGE`
 */
export function parseListen(text: string): { readonly host?: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:\s[\]]+):)?(\d{1,5})$/iu.exec(text.trim());
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new SandboxError('USAGE', `--http does not take ${JSON.stringify(text)}.`, {
      hint: 'Write it like 8080, 127.0.0.1:8080 or [::1]:8080.',
    });
  }
  const host = match[1]?.replace(/^\[|\]$/gu, '');
  return { port, ...(host !== undefined && { host }) };
}
