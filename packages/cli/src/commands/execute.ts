import { userInfo } from 'node:os';
import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';
import { type Limits, type ProfileName, plainText, profiles, type SandboxError } from '@org/core';
import type { Sandbox } from '@org/wasm-runtime';
import { cacheFlag, programCache } from '../cache-folder.ts';
import { exitCodeOfOutcome } from '../exit-code.ts';
import { parseArgs, parseBytes, parseFuel, parseMilliseconds } from '../flag-values.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { mountFlag } from '../mounts.ts';
import { notBegun } from '../not-begun.ts';
import { jsonText, plainLine } from '../plain-text.ts';
import { portsOf } from '../ports.ts';
import { type CheckedOutcome, type ProgramCheck, refusal, startCheck } from '../program-check.ts';
import { readBytes, textOf } from '../read-text.ts';
import { terminalApprover } from '../terminal-approver.ts';
import { personAt } from '../terminal-questions.ts';
import type { Toolbox } from '../toolbox.ts';

const profileNames = Object.keys(profiles) as ProfileName[];

export default class Execute extends McpCommand {
  static override summary = 'Run a program in the sandbox; it can call the tools of all servers.';

  static override description =
    `The program is a TypeScript or JavaScript module. Its default export, or the one that --entry names, is the result; a function is called with --args first. A bare snippet with a top-level "return" works too. It imports tools from './servers/<server>', and files of its own by their path, such as '/mnt/lib/parse.ts' with --mount lib. Its types are checked first, and a program with an error does not run. What "mcp-cli compile" wrote is a program as well.

The result goes to stdout as JSON, logs and the summary go to stderr. With --json, stdout is one document: how the run ended, the result, logs, calls and usage.

Exit codes: 0 returned, 1 threw or has an error, 2 wrong usage, 3 a limit was reached, 4 refused by the policy, 5 a server could not be reached, 130 interrupted.`;

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
  };

  async run(): Promise<CheckedOutcome> {
    const { args, flags } = await this.parse(Execute);
    const opening = Promise.withResolvers<Toolbox>();
    const { createSandbox, isWebAssembly } = await import('@org/wasm-runtime');
    // Its threads and processes start while this one reads on.
    const ports = portsOf(opening.promise, () => starting);
    const starting: Promise<Sandbox> = createSandbox({
      ...ports,
      ...(await programCache(flags.cache)),
    });
    starting.catch(() => {});
    const { openToolbox } = await import('../toolbox.ts');
    const bytes = await readBytes(
      args.file,
      'Name a program, for example: mcp-cli execute program.ts',
    );
    const source = isWebAssembly(bytes) ? undefined : textOf(bytes);
    const warn = (message: string) => process.stderr.write(`Warning: ${plainLine(message)}\n`);
    await using check =
      source === undefined || !flags.check
        ? undefined
        : await startCheck(ports.files, { source, name: args.file }, warn);
    const programArgs = flags.args === undefined ? {} : await parseArgs(flags.args);
    const limits: Partial<Limits> = {
      ...(flags.fuel === undefined ? {} : { fuel: parseFuel('fuel', flags.fuel) }),
      ...(flags.memory === undefined ? {} : { memoryBytes: parseBytes('memory', flags.memory) }),
      ...(flags.wall === undefined ? {} : { wallMs: parseMilliseconds('wall', flags.wall) }),
    };
    const { RunReporter: Reporter } = await import('../run-reporter.ts');
    const reporter = new Reporter(process.stderr, !this.jsonEnabled());
    const person = personAt(process, () => reporter.hold());
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: true,
      ...this.projectTrust(flags, person),
      mount: flags.mount,
      cache: flags.cache,
      allow: flags.allow,
      ask: flags.ask,
      deny: flags.deny,
      reapprove: flags.reapprove,
      approvals: flags.approvals,
      // With `--json` too: the question goes to the terminal, not to stdout.
      approver: person && terminalApprover(person, userName()),
      onEvent: (event) => reporter.bridgeEvent(event),
      onServerEvent:
        !this.jsonEnabled() && (flags.verbose || process.stderr.isTTY)
          ? (event) => reporter.serverEvent(event)
          : undefined,
      auditPath: flags.audit,
      learn: flags.learn,
      onAuditProblem: warn,
    });
    const interrupted = this.interruption();
    opening.resolve(toolbox);
    await using sandbox = await starting;
    if (source !== undefined && check !== undefined) {
      const refused = await this.#refusal({ source, name: args.file }, check, sandbox, interrupted);
      if (refused !== undefined) {
        reporter.end(refused);
        reporter.keptCatalogs(toolbox.kept);
        process.exitCode = exitCodeOfOutcome(refused);
        return refused;
      }
    }
    const program = source ?? sandbox.openProgram(bytes);
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
    if (outcome.status === 'threw' && outcome.error.code === 'UNKNOWN_IMPORT') {
      reporter.keptCatalogs(toolbox.kept);
    }
    if (outcome.status === 'returned') this.log(jsonText(outcome.value));
    process.exitCode = exitCodeOfOutcome(outcome);
    return outcome;
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

/** Undefined for a user that the system does not know. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
