import { boolean, option, string } from '@oclif/core/flags';
import {
  didYouMean,
  type JsonValue,
  type ProfileName,
  profiles,
  type RunOutcome,
  SandboxError,
  type ServerId,
} from '@org/core';
import { type ProgramSkill, skillParameters } from '@org/skill-store';
import { cacheFlag } from '../../cache-folder.ts';
import { exitCodeOfOutcome } from '../../exit-code.ts';
import { parseArgs } from '../../flag-values.ts';
import { McpCommand } from '../../mcp-command.ts';
import { notBegun } from '../../not-begun.ts';
import { jsonText, plainLine } from '../../plain-text.ts';
import {
  readSkill,
  requireProgram,
  skillArg,
  skillsFlag,
  trustFlag,
} from '../../skills/skill-command.ts';
import { terminalApprover } from '../../terminal-approver.ts';
import { personAt } from '../../terminal-questions.ts';
import type { Toolbox } from '../../toolbox.ts';

const profileNames = Object.keys(profiles) as ProfileName[];
const patterns = (summary: string) =>
  string({ multiple: true, multipleNonGreedy: true, helpValue: '<pattern>', summary });

export default class SkillRun extends McpCommand {
  static override underWay = 'starting';

  static override summary = 'Run a skill; its parameters are flags.';

  static override description =
    `The name comes first, then the parameters: "mcp-cli skill run <name> --help" shows them. A skill can call the tools that it has declared, as far as the policy lets it. A skill that is new here or has changed is asked about first, and refused where there is no terminal.

The result goes to stdout as JSON, logs and the summary go to stderr. With --json, stdout is one document, as of "mcp-cli execute".

Exit codes: 0 returned, 1 threw, 2 wrong usage, 3 a limit was reached, 4 refused, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Run a skill:',
      command: '<%= config.bin %> <%= command.id %> weekly-report --repo octo/cat --days 7',
    },
    {
      description: 'Keep its real answers, so that "skill test" can repeat the run:',
      command: '<%= config.bin %> <%= command.id %> weekly-report --repo octo/cat --record',
    },
  ];

  static override strict = false;
  static override args = { skill: skillArg };

  static override flags = {
    args: string({
      helpValue: '<json>',
      summary: 'Parameters as JSON or @file; flags come over it.',
    }),
    record: boolean({ summary: 'Keep the answers and the outcome for "skill test".' }),
    strict: boolean({ summary: 'Refuse tools that have changed since the skill was saved.' }),
    'trust-skill': trustFlag,
    skills: skillsFlag,
    profile: option({
      options: profileNames,
      default: 'moderate' as ProfileName,
      summary: 'Limits of the run.',
    })(),
    allow: patterns('Of the tools that the skill has declared, only let it use these.'),
    ask: patterns('Ask before each call of these tools.'),
    deny: patterns('Refuse calls of these tools.'),
    seed: string({ helpValue: '<text>', summary: 'Make its random numbers the same each time.' }),
    cache: cacheFlag,
    parameters: boolean({ hidden: true, summary: "Show the skill's parameters." }),
  };

  async run(): Promise<RunOutcome | object> {
    const [name = '', ...words] = this.argv;
    if (name === '' || name.startsWith('-')) {
      throw new SandboxError('USAGE', 'The name of the skill comes first.', {
        hint: 'For example: mcp-cli skill run weekly-report --repo octo/cat',
      });
    }
    const opening = Promise.withResolvers<{ toolbox: Toolbox; skill: ProgramSkill }>();
    opening.promise.catch(() => {});
    const { startSandbox } = await import('../../skills/sandboxes.ts');
    // Its threads start while this one reads on.
    const starting = startSandbox(opening.promise, !words.includes('--no-cache'));
    starting.catch(() => {});
    const known = Object.entries({ ...SkillRun.baseFlags, ...SkillRun.flags, json: {} });
    const reserved = new Set(known.flatMap(([flag]) => [flag, `no-${flag}`]));
    const place = skillsIn(words);
    const skill = requireProgram(await readSkill(name, place));
    const { splitArgv, argumentsOf } = await import('../../skills/parameter-flags.ts');
    const { parameters } = skill.metadata;
    const { own, values } = splitArgv(words, parameters, { skill: name, reserved });
    refuseUnknown(own, reserved, skill);
    const { flags, argv } = await this.parse(SkillRun, [name, ...own]);
    if (flags.parameters) return this.#showParameters(skill);
    const [, extra] = argv as string[];
    if (extra !== undefined) {
      throw new SandboxError('USAGE', `The skill ${name} has no parameter ${plainLine(extra)}.`, {
        hint: `See mcp-cli skill run ${name} --help.`,
      });
    }
    const given = flags.args === undefined ? undefined : await parseArgs(flags.args);
    const args = argumentsOf(parameters, given, values, name);
    const { openToolbox } = await import('../../toolbox.ts');
    const { RunReporter: Reporter } = await import('../../run-reporter.ts');
    const reporter = new Reporter(process.stderr, !this.jsonEnabled(), this.statusLine);
    const person = personAt(process, () => reporter.hold());
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: true,
      ...{ allow: flags.allow, ask: flags.ask, deny: flags.deny, skills: flags.skills },
      ...this.atTerminal(flags, person),
      // With `--json` too: the question goes to the terminal, not to stdout.
      approver: person && terminalApprover(person),
      onEvent: (event) => reporter.bridgeEvent(event),
    });
    const interrupted = this.interruption();
    const { admitSkill } = await import('../../skills/admit.ts');
    await admitSkill(toolbox.skills, skill, {
      trust: flags['trust-skill'],
      signal: interrupted,
      person,
    });
    opening.resolve({ toolbox, skill });
    // The servers start while the engine does; one that fails is told by the call that needs it.
    for (const { id } of skill.metadata.servers) {
      toolbox.bridge.catalog(id as ServerId).catch(() => {});
    }
    await using sandbox = await starting;
    const { runSkill } = await import('../../skills/run-skill.ts');
    const { profile, seed, strict = false, record = false } = flags;
    const outcome = await runSkill(
      skill,
      { toolbox, sandbox },
      {
        ...{ args, profile, seed, strict, record, signal: interrupted },
        onEvent: (event) => reporter.event(event),
        warn: (text) => this.#warn(text),
      },
    );
    reporter.end(outcome);
    if (outcome.status === 'returned') this.log(jsonText(outcome.value));
    process.exitCode = exitCodeOfOutcome(outcome);
    return outcome;
  }

  /** To stderr, also with `--json`: the outcome has no place for it. */
  #warn(text: string): void {
    process.stderr.write(`Warning: ${text}\n`);
  }

  async #showParameters({ id, description, metadata }: ProgramSkill): Promise<object> {
    const { describeParameters } = await import('../../skills/parameter-flags.ts');
    this.log(`${plainLine(description)}\n\nPARAMETERS\n${describeParameters(metadata.parameters)}`);
    this.log(`See mcp-cli skill run --help for the flags of every skill.`);
    return { name: id, description, parameters: metadata.parameters as JsonValue };
  }

  /** As of `execute`: a run that could not begin is an outcome too. */
  protected override errorDocument(error: SandboxError): unknown {
    return notBegun(error);
  }
}

/** @throws SandboxError `USAGE`: a flag that is neither ours nor a parameter of the skill */
function refuseUnknown(
  words: readonly string[],
  reserved: ReadonlySet<string>,
  { id, metadata }: ProgramSkill,
): void {
  const names = words.flatMap((word) => /^--([^=]+)/u.exec(word)?.[1] ?? []);
  const unknown = names.find((one) => !reserved.has(one));
  if (unknown === undefined) return;
  const known = skillParameters(metadata.parameters).map((one) => `--${one.name}`);
  const suggestion = didYouMean(`--${unknown}`, [
    ...known,
    ...[...reserved].map((one) => `--${one}`),
  ]);
  throw new SandboxError(
    'USAGE',
    `The skill ${id} has no parameter --${plainLine(unknown)}.${suggestion}`,
    { hint: `See mcp-cli skill run ${id} --help.` },
  );
}

/** `--skills` is needed before the parameters are known. */
function skillsIn(words: readonly string[]): string | undefined {
  const index = words.findIndex((word) => /^--skills(?:=|$)/u.test(word));
  const word = words[index];
  return word?.includes('=') ? word.slice('--skills='.length) : words[index + 1 || words.length];
}
