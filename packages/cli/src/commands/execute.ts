import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';
import { type Limits, SandboxError } from '@org/core';
import type { Plan, Runs } from '@org/runs';
import type { Sandbox } from '@org/wasm-runtime';
import { exitCodeOfOutcome } from '../exit-code.ts';
import { keptCatalogs } from '../kept-catalogs.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { notBegun } from '../not-begun.ts';
import { jsonText } from '../plain-text.ts';
import {
  type CheckedOutcome,
  type ProgramCheck,
  refusal,
  startCheck,
  warningsOf,
} from '../program-check.ts';
import type { ExecutionParts } from '../runs/execution.ts';
import type { FixOf } from '../runs/fix-of.ts';
import { askings, limitFlags, liveFlags, profileFlag } from '../runs/live-flags.ts';
import { type ModeFlags, type ProgramInput, readProgram } from '../runs/program-input.ts';
import { recordFlag } from '../runs/recording.ts';
import { runOptionsOf } from '../runs/run-options.ts';
import type { PlannedRun } from '../runs/run-plan.ts';
import { type RecordedOutcome, withRecord } from '../runs/with-record.ts';
import { verdictCache } from '../verdict-cache.ts';

export default class Execute extends McpCommand {
  static override underWay = 'starting';

  static override summary = 'Run a program in the sandbox; it can call the tools of all servers.';

  static override description =
    `The program is a TypeScript or JavaScript module. Its default export, or the one that --entry names, is the result; a function is called with --args first. A bare snippet with a top-level "return" works too. It imports tools from './servers/<server>', and files of its own by their path, such as '/mnt/lib/parse.ts' with --mount lib. Its types are checked first, and a program with an error does not run. What "mcp-cli compile" wrote is a program as well.

The result goes to stdout as JSON, logs and the summary go to stderr. With --json, stdout is one document: how the run ended, the result, logs, calls and usage.

The run is recorded, with what it was given and what it got: "mcp-cli run list" and "mcp-cli run show" have it, and "mcp-cli run resume" goes on with it if its process dies. With --on-ask suspend a call that needs an approval does not hold the process: the run waits in its record. --plan finds out what the program would change: calls of tools that only read are made, the others are listed; --approved-plan then lets it do exactly that.

Exit codes: 0 returned, 1 threw or has an error, 2 wrong usage, 3 a limit was reached, 4 refused by the policy, 5 a server could not be reached, 6 it waits for an approval, 130 interrupted.`;

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
      description: 'Let it read the files of a folder, as /mnt/orders:',
      command: '<%= config.bin %> <%= command.id %> report.ts --mount data/2026:orders',
    },
    {
      description: 'Let it wait for approvals without a process, and decide later:',
      command: "<%= config.bin %> <%= command.id %> report.ts --ask 'github.*' --on-ask suspend",
    },
    {
      description: 'See what it would change, and let it do that:',
      command: '<%= config.bin %> <%= command.id %> report.ts --plan',
    },
    {
      description: 'Go on from a run that failed, without repeating its calls:',
      command: '<%= config.bin %> <%= command.id %> edited.ts --fix last',
    },
    {
      description: 'Run a line, or what another program writes:',
      command: `<%= config.bin %> <%= command.id %> --eval 'return (await searchTools("issue")).hits'`,
    },
    {
      description: 'Run it again whenever it changes:',
      command: '<%= config.bin %> <%= command.id %> report.ts --args @args.json --watch',
    },
    {
      description: 'Take the outcome apart:',
      command: '<%= config.bin %> <%= command.id %> report.ts --json | jq .usage',
    },
  ];

  static override args = {
    file: stringArg({
      description: 'The program: a .ts or .js file, a compiled one, or - for the standard input.',
      ignoreStdin: true,
    }),
  };

  static override flags = {
    eval: string({
      helpValue: '<program>',
      summary: 'Run this text in place of a file.',
    }),
    entry: string({
      helpValue: '<name>',
      summary: 'The export that is the result. Default: the default export, if there is one.',
    }),
    args: string({
      helpValue: '<json>',
      summary: 'Arguments of the program, as JSON or @file. Default: {}.',
    }),
    profile: profileFlag(),
    ...limitFlags,
    ...liveFlags,
    'on-ask': option({
      options: askings,
      summary:
        'What becomes of a call that needs an approval: "ask" at the terminal, "suspend" the run until "run approve" and "run resume", or "refuse" it. Default: ask; without a terminal, refuse.',
    })(),
    check: boolean({
      allowNo: true,
      default: true,
      summary:
        'Check the types of the program first, and do not run one with an error. Default: yes.',
    }),
    seed: string({
      helpValue: '<text>',
      summary: 'Make the random numbers of the run the same each time.',
    }),
    plan: boolean({
      exclusive: ['approved-plan', 'fix', 'on-ask'],
      summary:
        'List what the program would change, without changing it. What only reads is called.',
    }),
    'approved-plan': string({
      helpValue: '<plan>',
      summary: 'Carry out a plan and nothing else: its digest, or the file that it is in.',
    }),
    fix: string({
      helpValue: '<run>',
      exclusive: ['approved-plan'],
      summary:
        'Go on from this run, which failed, with an edited program; its calls are not repeated.',
    }),
    watch: boolean({
      exclusive: ['plan', 'approved-plan', 'fix'],
      summary:
        'Run it again when it changes, a file that it imports or reads, that of --args, or the configuration.',
    }),
    record: recordFlag,
  };

  /** Undefined where it was watched. */
  async run(): Promise<CheckedOutcome | RecordedOutcome | Plan | undefined> {
    const beginning = import('../runs/execution.ts');
    const { args, flags } = await this.parse(Execute);
    const json = this.jsonEnabled();
    const { beginExecution, warn } = await beginning;
    const parts: ExecutionParts = {
      ...{ json, line: this.statusLine, interruption: () => this.interruption() },
      atTerminal: (person) => this.atTerminal(flags, person),
    };
    if (flags.watch) {
      if (json) throw new SandboxError('USAGE', '--watch has no end, and --json shows one result.');
      const { watchProgram } = await import('../runs/watch-program.ts');
      await watchProgram(args.file, flags, parts);
      return undefined;
    }
    const record = flags.record && !flags.plan;
    const execution = await beginExecution({ ...flags, record }, parts);
    const program = await this.#read(args.file, flags);
    const { name, source, plan } = program;
    const { files, search } = execution.ports;
    await using check =
      source === undefined || plan !== undefined || !flags.check
        ? undefined
        : await startCheck(files, { source, name }, warn, await verdictCache(flags.cache));
    const own = await runOptionsOf(program, flags);
    let planned: PlannedRun | undefined;
    const isApproved =
      plan && ((run: string, call: number) => planned?.grant.isApproved(run, call) ?? false);
    await using opened = await execution.open(isApproved);
    const { sandbox, toolbox, runs, reporter, signal, approver, opening } = opened;
    if (source !== undefined && check !== undefined) {
      const refused = await this.#refusal({ source, name }, check, sandbox, signal);
      if (refused !== undefined) {
        reporter.end(refused);
        reporter.keptCatalogs(toolbox.kept);
        process.exitCode = exitCodeOfOutcome(refused);
        return { ...refused, ...keptCatalogs(toolbox.kept) };
      }
    }
    const planParts = async () => {
      const { planPorts } = await import('../runs/plan-ports.ts');
      return planPorts(opening, execution.ports, async () => sandbox);
    };
    if (flags.plan) {
      const { makePlan, shownPlan } = await import('../runs/make-plan.ts');
      const parts = { ...(await planParts()), search, signal };
      const made = await makePlan(sandbox, source as string, { ...parts, ...own });
      this.log(shownPlan(made));
      return made;
    }
    if (plan !== undefined) {
      const { plannedRun } = await import('../runs/run-plan.ts');
      planned = plannedRun(plan, await planParts(), approver);
    }
    const fix = flags.fix === undefined ? undefined : await this.#fix(runs, flags.fix, own.limits);
    const outcome = await opened.run(program, {
      ...{ ...fix?.options, ...own, ...fix?.over, ...planned?.options },
    });
    if (outcome.status === 'threw' && outcome.error.code === 'UNKNOWN_IMPORT') {
      reporter.keptCatalogs(toolbox.kept);
    }
    if (outcome.status === 'returned') this.log(jsonText(outcome.value));
    process.exitCode = exitCodeOfOutcome(outcome);
    return withRecord(outcome, { runs, fix, json });
  }

  /** A person who has to type the program is told so. */
  async #read(file: string | undefined, flags: ModeFlags): Promise<ProgramInput> {
    if (file !== '-' || !process.stdin.isTTY) return readProgram(file, flags);
    using _ = this.statusLine.hold();
    process.stderr.write('Type the program, and end it with Ctrl+D.\n');
    return readProgram(file, flags);
  }

  async #fix(runs: Runs | undefined, run: string, limits: Partial<Limits>): Promise<FixOf> {
    const { fixOf } = await import('../runs/fix-of.ts');
    return fixOf(runs, run, limits);
  }

  /** The outcome of a program that its types keep from running. Tells warnings of one that runs. */
  async #refusal(
    program: { readonly source: string; readonly name: string },
    check: ProgramCheck,
    sandbox: Sandbox,
    interrupted: AbortSignal,
  ): Promise<CheckedOutcome | undefined> {
    const result = await unlessInterrupted(check.result, interrupted);
    if (result === undefined) return undefined;
    const refused = await refusal(check, result, program, sandbox);
    if (refused !== undefined || this.jsonEnabled()) return refused;
    const warnings = await warningsOf(result, program.name);
    if (warnings !== '') process.stderr.write(`${warnings}\n`);
    return undefined;
  }

  /** With `--json` a run that could not begin is an outcome too, so that stdout has one shape. */
  protected override errorDocument(error: SandboxError): unknown {
    return notBegun(error);
  }
}
