import { string as stringArg } from '@oclif/core/args';
import { boolean, integer, option, string } from '@oclif/core/flags';
import { type Limits, type ProfileName, profiles, SandboxError } from '@org/core';
import type { ApprovalRule, TokenGrant } from '@org/server';
import { parseBytes, parseFuel, parseMilliseconds } from '../../../flag-values.ts';
import { McpCommand } from '../../../mcp-command.ts';
import { tokensFlag, tokensIn } from '../../../serve/tokens-folder.ts';

const patterns = (summary: string) =>
  string({ multiple: true, multipleNonGreedy: true, helpValue: '<pattern>', summary });

/** Flags that say something of agents, and nothing of whoever reads metrics. */
const ofAgents = [
  'allow',
  'ask',
  'deny',
  'profile',
  'max-wall',
  'max-memory',
  'max-fuel',
  'max-calls',
  'skill',
  'no-skills',
  'approvals',
];

export default class ServeTokenAdd extends McpCommand {
  static override summary = 'Add a token for a client of "mcp-cli serve --http", and show it.';

  static override description =
    `It is shown this once; only its SHA-256 is kept. The client sends it as "Authorization: Bearer <token>". Its sessions, state and runs are apart from those of other tokens.

What the token may do is within what the server may: of two policies the stricter one counts, of two limits the smaller one.

Exit codes: 0 added, 2 wrong usage or the name is taken, 130 interrupted.`;

  static override examples = [
    { description: 'A token:', command: '<%= config.bin %> <%= command.id %> laptop' },
    {
      description: 'One that only reads from one server, within small limits:',
      command:
        "<%= config.bin %> <%= command.id %> ci --allow 'github.get_*' --profile strict --no-skills",
    },
    {
      description: 'One for Prometheus, which reads /metrics and nothing else:',
      command: '<%= config.bin %> <%= command.id %> prometheus --for metrics',
    },
  ];

  static override args = {
    name: stringArg({ description: 'Its name: a to z, 0 to 9, hyphens.', required: true }),
  };

  static override flags = {
    for: option({
      options: ['agents', 'metrics'] as const,
      default: 'agents' as const,
      summary: 'What it is good for.',
    })(),
    allow: patterns(
      'Only let its programs use these tools. May be given several times, as others.',
    ),
    ask: patterns('Ask a person before each call of these tools.'),
    deny: patterns('Refuse calls of these tools.'),
    profile: option({
      options: Object.keys(profiles) as ProfileName[],
      summary: 'The most that a run of it may use. Default: as the server has it.',
    })(),
    'max-wall': string({ helpValue: '<time>', summary: 'Most time of a run, such as 30s.' }),
    'max-memory': string({ helpValue: '<size>', summary: 'Most memory of a run, such as 64MiB.' }),
    'max-fuel': string({ helpValue: '<units>', summary: 'Most work of a run, such as 500M.' }),
    'max-calls': integer({ helpValue: '<number>', summary: 'Most tool calls of a run.', min: 1 }),
    skill: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<skill>',
      summary: 'A skill that it may run. Default: all.',
    }),
    'no-skills': boolean({ summary: 'It may run no skill.', exclusive: ['skill'] }),
    approvals: option({
      options: ['operator', 'client', 'agent'] as const satisfies readonly ApprovalRule[],
      summary: 'Who may approve calls that are asked about. Default: as the server has it.',
    })(),
    'reuse-name': boolean({
      summary: 'Take the name of a revoked token, and with it its state, sessions and runs.',
    }),
    tokens: tokensFlag,
  };

  async run(): Promise<{ readonly name: string; readonly token: string }> {
    const { args, flags } = await this.parse(ServeTokenAdd);
    const named = ofAgents.filter((flag) => Object.hasOwn(flags, flag));
    if (flags.for === 'metrics' && named.length > 0) {
      throw new SandboxError('USAGE', `A token for metrics takes no --${named[0]}.`, {
        hint: 'It runs nothing; leave the flag out.',
      });
    }
    await checkPatterns([flags.allow, flags.ask, flags.deny].flatMap((some) => some ?? []));
    const grant: TokenGrant = { name: args.name, use: flags.for, ...grantOf(flags) };
    const store = await tokensIn(flags.tokens);
    const token = await store.add(grant, flags['reuse-name']);
    this.log(token);
    this.logToStderr(
      `Added ${args.name}. This token is shown once: keep it where secrets are kept.`,
    );
    return { name: args.name, token };
  }
}

/**
 * That the servers they name exist is only known where they are served.
 * @throws SandboxError `USAGE`: one that is no pattern
 */
async function checkPatterns(patterns: readonly string[]): Promise<void> {
  if (patterns.length === 0) return;
  const { parseToolPattern } = await import('@org/bridge');
  for (const pattern of patterns) {
    try {
      parseToolPattern(pattern, []);
    } catch (error) {
      if (!(error instanceof SandboxError) || error.code !== 'UNKNOWN_SERVER') throw error;
    }
  }
}

interface GrantFlags {
  readonly allow?: string[] | undefined;
  readonly ask?: string[] | undefined;
  readonly deny?: string[] | undefined;
  readonly profile?: ProfileName | undefined;
  readonly 'max-wall'?: string | undefined;
  readonly 'max-memory'?: string | undefined;
  readonly 'max-fuel'?: string | undefined;
  readonly 'max-calls'?: number | undefined;
  readonly skill?: string[] | undefined;
  readonly 'no-skills'?: boolean;
  readonly approvals?: ApprovalRule | undefined;
}

/** @throws SandboxError `USAGE`: a quantity that is none */
function grantOf(flags: GrantFlags): Omit<TokenGrant, 'name' | 'use'> {
  const { allow, ask, deny, profile, approvals } = flags;
  const { 'max-wall': wall, 'max-memory': memory, 'max-fuel': fuel, 'max-calls': calls } = flags;
  const overrides: Partial<Limits> = {
    ...(wall !== undefined && { wallMs: parseMilliseconds('max-wall', wall) }),
    ...(memory !== undefined && { memoryBytes: parseBytes('max-memory', memory) }),
    ...(fuel !== undefined && { fuel: parseFuel('max-fuel', fuel) }),
    ...(calls !== undefined && { toolCalls: calls }),
  };
  const policy = { ...(allow && { allow }), ...(ask && { ask }), ...(deny && { deny }) };
  const isBounded = Object.keys(overrides).length > 0;
  const limits = { ...(profile && { profile }), ...(isBounded && { overrides }) };
  const skills = flags['no-skills'] ? [] : flags.skill;
  return {
    ...(Object.keys(policy).length > 0 && { policy }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(skills !== undefined && { skills }),
    ...(approvals !== undefined && { approvals }),
  };
}
