import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';
import { type JsonValue, type Limits, plainText, type SandboxError } from '@org/core';
import type { DurableRun, Plan, Runs } from '@org/runs';
import type { RunEvent, Sandbox } from '@org/wasm-runtime';
import { programCache } from '../cache-folder.ts';
import { engineAhead } from '../engine-ahead.ts';
import { exitCodeOfOutcome } from '../exit-code.ts';
import { parseArgs } from '../flag-values.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { notBegun } from '../not-begun.ts';
import { jsonText, plainLine } from '../plain-text.ts';
import { portsOf } from '../ports.ts';
import { type CheckedOutcome, type ProgramCheck, refusal, startCheck } from '../program-check.ts';
import { approverOf } from '../runs/approver-of.ts';
import type { FixOf } from '../runs/fix-of.ts';
import { askings, limitFlags, limitsOf, liveFlags, profileFlag } from '../runs/live-flags.ts';
import { liveToolbox, userName } from '../runs/live-toolbox.ts';
import { mayBeRepeated } from '../runs/may-be-repeated.ts';
import { planPorts } from '../runs/plan-ports.ts';
import { readProgram } from '../runs/program-input.ts';
import { openRecording, recordFlag } from '../runs/recording.ts';
import { runContext } from '../runs/run-context.ts';
import type { PlannedRun } from '../runs/run-plan.ts';
import { runRecorded } from '../runs/run-recorded.ts';
import { type RecordedOutcome, withRecord } from '../runs/with-record.ts';
import { personAt } from '../terminal-questions.ts';
import type { Toolbox } from '../toolbox.ts';
import { verdictCache } from '../verdict-cache.ts';

export default class Execute extends McpCommand {
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
    record: recordFlag,
  };

  async run(): Promise<CheckedOutcome | RecordedOutcome | Plan> {
    const { args, flags } = await this.parse(Execute);
    const opening = Promise.withResolvers<Toolbox>();
    const { createSandbox } = await import('@org/wasm-runtime');
    // Its threads and processes start while this one reads on.
    const ports = portsOf(opening.promise, () => starting);
    const starting: Promise<Sandbox> = createSandbox({
      ...engineAhead(),
      ...ports,
      ...(await programCache(flags.cache)),
    });
    starting.catch(() => {});
    const { openToolbox } = await import('../toolbox.ts');
    const program = await readProgram(args.file, flags);
    const { name, source, plan } = program;
    const warn = (message: string) => process.stderr.write(`Warning: ${plainLine(message)}\n`);
    await using check =
      source === undefined || plan !== undefined || !flags.check
        ? undefined
        : await startCheck(ports.files, { source, name }, warn, await verdictCache(flags.cache));
    const programArgs = flags.args === undefined ? undefined : await parseArgs(flags.args);
    const limits = limitsOf(flags);
    const { RunReporter: Reporter } = await import('../run-reporter.ts');
    const json = this.jsonEnabled();
    const reporter = new Reporter(process.stderr, !json);
    const person = personAt(process, () => reporter.hold());
    const mayRetry = mayBeRepeated(opening.promise);
    await using runs = await openRecording(flags.record && !flags.plan, { mayRetry }, warn);
    const started = Promise.withResolvers<DurableRun>();
    let planned: PlannedRun | undefined;
    const isApproved =
      plan && ((run: string, call: number) => planned?.grant.isApproved(run, call) ?? false);
    const store = runs?.store;
    const approver = await approverOf(flags['on-ask'], {
      person,
      store,
      run: started.promise,
      isApproved,
    });
    const trust = this.projectTrust(flags, person);
    await using toolbox = await openToolbox(
      liveToolbox(flags, { trust, approver, reporter, json, warn }),
    );
    const signal = this.interruption();
    opening.resolve(toolbox);
    await using sandbox = await starting;
    if (source !== undefined && check !== undefined) {
      const refused = await this.#refusal({ source, name }, check, sandbox, signal);
      if (refused !== undefined) {
        reporter.end(refused);
        reporter.keptCatalogs(toolbox.kept);
        process.exitCode = exitCodeOfOutcome(refused);
        return refused;
      }
    }
    const { entry, seed, profile } = flags;
    const own = {
      ...{ name, profile, limits },
      ...(programArgs === undefined ? {} : { args: programArgs }),
      ...(entry === undefined ? {} : { entry }),
      ...(seed === undefined ? {} : { seed }),
    };
    const planParts = planPorts(opening.promise, ports, () => starting);
    if (flags.plan) {
      const { makePlan, shownPlan } = await import('../runs/make-plan.ts');
      const parts = { ...planParts, search: ports.search, signal };
      const made = await makePlan(sandbox, source as string, { ...parts, ...own });
      this.log(shownPlan(made));
      return made;
    }
    if (plan !== undefined) {
      const { plannedRun } = await import('../runs/run-plan.ts');
      planned = plannedRun(plan, planParts, approver);
    }
    const fix = flags.fix === undefined ? undefined : await this.#fix(runs, flags.fix, limits);
    const onEvent = (event: RunEvent) => reporter.event(event);
    const principal = userName();
    const outcome = await runRecorded(
      { sandbox, runs, warn, onStart: started.resolve },
      program.open(sandbox),
      {
        ...{ ...fix?.options, ...own, ...fix?.over, ...planned?.options, signal, onEvent },
        context: runContext(flags, toolbox.config) as unknown as JsonValue,
        ...(principal === undefined ? {} : { principal }),
      },
    );
    reporter.end(outcome);
    if (outcome.status === 'threw' && outcome.error.code === 'UNKNOWN_IMPORT') {
      reporter.keptCatalogs(toolbox.kept);
    }
    if (outcome.status === 'returned') this.log(jsonText(outcome.value));
    process.exitCode = exitCodeOfOutcome(outcome);
    return withRecord(outcome, { runs, fix, json });
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
    const { describeDiagnostics } = await import('@org/checker');
    const warnings = describeDiagnostics(result, plainLine(program.name), 'warning');
    if (warnings !== '') process.stderr.write(`${plainText(warnings)}\n`);
    return undefined;
  }

  /** With `--json` a run that could not begin is an outcome too, so that stdout has one shape. */
  protected override errorDocument(error: SandboxError): unknown {
    return notBegun(error);
  }
}
