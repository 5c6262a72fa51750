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

  async run(): Promise<ExecuteDocument> {
    const { args, flags } = await this.parse(Execute);
    requireOneMode(args.file, flags);
    const opening = Promise.withResolvers<Toolbox>();
    const { createSandbox } = await import('@org/wasm-runtime');
    // Its threads and processes start while this one reads on.
    const ports = portsOf(opening.promise, () => starting);
    const starting: Promise<Sandbox> = createSandbox({
      ...ports,
      ...(await programCache(flags.cache)),
    });
    starting.catch(() => {});
    const { openToolbox } = await import('../toolbox.ts');
    const warn = (message: string) => process.stderr.write(`Warning: ${plainLine(message)}\n`);
    const given = await readProgram(args.file, flags);
    await using check =
      given.source === undefined || given.plan !== undefined || !flags.check
        ? undefined
        : await startCheck(ports.files, { source: given.source, name: given.name }, warn);
    const programArgs = flags.args === undefined ? undefined : await parseArgs(flags.args);
    const limits = limitsOf(flags);
    const { RunReporter: Reporter } = await import('../run-reporter.ts');
    const json = this.jsonEnabled();
    const reporter = new Reporter(process.stderr, !json);
    const person = personAt(process, () => reporter.hold());
    const trust = this.projectTrust(flags, person);
    const mayRetry = (call: HostCall) => mayBeMadeAgain(() => toolbox, call);
    await using runs = await openRecording(flags.record && !flags.plan, { mayRetry }, warn);
    const started = Promise.withResolvers<DurableRun>();
    const grants = given.plan && planPorts(given.plan, ports);
    const approver = approverOf(flags['on-ask'], {
      ...{ person, store: runs?.store, run: started.promise, isApproved: grants?.isApproved },
    });
    await using toolbox = await openToolbox(
      liveToolbox(flags, { trust, approver, reporter, json, warn }),
    );
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
  protected override errorDocument(error: SandboxError): unknown 
    return notBegun(error);
}

/** Undefined for a user that the system does not know. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
