import { string as stringArg } from '@oclif/core/args';
import { option, string } from '@oclif/core/flags';
import {
  type Approver,
  type Limits,
  type ProfileName,
  profiles,
  type RunOutcome,
  type SandboxError,
} from '@org/core';
import type { Sandbox } from '@org/wasm-runtime';
import { exitCodeOfOutcome } from '../exit-code.ts';
import { parseArgs, parseBytes, parseFuel, parseMilliseconds } from '../flag-values.ts';
import { McpCommand } from '../mcp-command.ts';
import { notBegun } from '../not-begun.ts';
import { jsonText, plainLine } from '../plain-text.ts';
import { portsOf } from '../ports.ts';
import { cacheFlag, programCache } from '../program-cache.ts';
import { readBytes, textOf } from '../read-text.ts';
import type { RunReporter } from '../run-reporter.ts';
import { terminalApprover } from '../terminal-approver.ts';
import type { Toolbox } from '../toolbox.ts';

const profileNames = Object.keys(profiles) as ProfileName[];

export default class Execute extends McpCommand {
  static override summary = 'Run a program in the sandbox; it can call the tools of all servers.';

  static override description =
    `The program is a TypeScript or JavaScript module. Its default export, or the one that --entry names, is the result; a function is called with --args first. A bare snippet with a top-level "return" works too. It imports tools from './servers/<server>'. What "mcp-cli compile" wrote is a program as well.

The result goes to stdout as JSON, logs and the summary go to stderr. With --json, stdout is one document: how the run ended, the result, logs, calls and usage.

Exit codes: 0 returned, 1 threw, 2 wrong usage, 3 a limit was reached, 4 refused by the policy, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Run a program with arguments:',
      command: `<%= config.bin %> <%= command.id %> report.ts --args '{"repo": "octo/cat"}'`,
    },
    {
      description: 'Run another export than the default one, of a source file or a compiled one:',
      command: '<%= config.bin %> <%= command.id %> report.wasm --entry summary',
    },
    {
      description: 'Keep what the run may use small, and let it use one server only:',
      command:
        '<%= config.bin %> <%= command.id %> report.ts --profile strict --wall 10s --memory 64MiB --allow github',
    },
    {
      description: 'Take the outcome apart:',
      command: '<%= config.bin %> <%= command.id %> report.ts --json | jq .usage',
    },
  ];

  static override args = {
    file: stringArg({
      description: 'The program: a .ts or .js file, or a compiled one.',
      required: true,
    }),
  };

  static override flags = {
    entry: string({
      helpValue: '<name>',
      summary: 'The export that is the result. Default: the default export, if there is one.',
    }),
    args: string({
      helpValue: '<json>',
      summary: 'Arguments of the program, as JSON or @file. Default: {}.',
    }),
    profile: option({
      options: profileNames,
      default: 'moderate' as ProfileName,
      summary: 'Limits to start from.',
    })(),
    fuel: string({ helpValue: '<units>', summary: 'Most work, in units of fuel, such as 500M.' }),
    memory: string({ helpValue: '<size>', summary: 'Most memory, such as 64MiB (or in bytes).' }),
    wall: string({ helpValue: '<time>', summary: 'Most time, such as 30s (or in milliseconds).' }),
    allow: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<pattern>',
      summary:
        'Only let the program use these tools: github, github.get_issue, *.get_*. May be given several times, as the next three.',
    }),
    ask: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<pattern>',
      summary: 'Ask before each call of these tools; without a terminal such a call is refused.',
    }),
    deny: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<pattern>',
      summary: 'Refuse calls of these tools, whatever else allows them.',
    }),
    reapprove: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<pattern>',
      summary: 'Forget that these tools were approved for always.',
    }),
    approvals: string({
      helpValue: '<file>',
      summary: "Where approvals are remembered. Default: a file in the user's configuration.",
    }),
    audit: string({
      helpValue: '<file>',
      summary: 'Append a record of each call to this file: who, what, how it ended; no content.',
    }),
    cache: cacheFlag,
    seed: string({
      helpValue: '<text>',
      summary: 'Make the random numbers of the run the same each time.',
    }),
  };

  async run(): Promise<RunOutcome> {
    const { args, flags } = await this.parse(Execute);
    const opening = Promise.withResolvers<Toolbox>();
    const { createSandbox, isWebAssembly } = await import('@org/wasm-runtime');
    // Its threads and processes start while this one reads on.
    const starting: Promise<Sandbox> = createSandbox({
      ...portsOf(opening.promise, () => starting),
      ...(await programCache(flags.cache)),
    });
    starting.catch(() => {});
    const { openToolbox } = await import('../toolbox.ts');
    const bytes = await readBytes(
      args.file,
      'Name a program, for example: mcp-cli execute program.ts',
    );
    const programArgs = flags.args === undefined ? {} : await parseArgs(flags.args);
    const limits: Partial<Limits> = {
      ...(flags.fuel === undefined ? {} : { fuel: parseFuel('fuel', flags.fuel) }),
      ...(flags.memory === undefined ? {} : { memoryBytes: parseBytes('memory', flags.memory) }),
      ...(flags.wall === undefined ? {} : { wallMs: parseMilliseconds('wall', flags.wall) }),
    };
    const { RunReporter: Reporter } = await import('../run-reporter.ts');
    const reporter = new Reporter(process.stderr, !this.jsonEnabled());
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: true,
      allow: flags.allow,
      ask: flags.ask,
      deny: flags.deny,
      reapprove: flags.reapprove,
      approvals: flags.approvals,
      approver: this.#approver(reporter),
      onEvent: (event) => reporter.bridgeEvent(event),
      auditPath: flags.audit,
      onAuditProblem: (message) => process.stderr.write(`Warning: ${plainLine(message)}\n`),
    });
    const interrupted = this.interruption();
    opening.resolve(toolbox);
    await using sandbox = await starting;
    const program = isWebAssembly(bytes) ? sandbox.openProgram(bytes) : textOf(bytes);
    const outcome = await sandbox.run(program, {
      name: args.file,
      args: programArgs,
      profile: flags.profile,
      limits,
      signal: interrupted,
      onEvent: (event) => reporter.event(event),
      ...(flags.entry === undefined ? {} : { entry: flags.entry }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    });
    reporter.end(outcome);
    if (outcome.status === 'returned') this.log(jsonText(outcome.value));
    process.exitCode = exitCodeOfOutcome(outcome);
    return outcome;
  }

  /** With `--json` too: the question goes to the terminal, not to stdout. */
  #approver(reporter: RunReporter): Approver | undefined {
    const { stdin, stderr } = process;
    if (!stdin.isTTY || !stderr.isTTY) return undefined;
    return terminalApprover({ input: stdin, output: stderr, hold: () => reporter.hold() });
  }

  /** With `--json` a run that could not begin is an outcome too, so that stdout has one shape. */
  protected override errorDocument(error: SandboxError): unknown {
    return notBegun(error);
  }
}
