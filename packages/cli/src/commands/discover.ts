import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { observedDeclarations } from '@org/codegen';
import type { ErrorCode, JsonObject, ServerCatalog } from '@org/core';
import type { SampleCall, SkippedTool } from '../discovery.ts';
import { exitCode, exitCodeOfErrors } from '../exit-code.ts';
import { parseArgs } from '../flag-values.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { plainLine, visibleText } from '../plain-text.ts';
import { terminalApprover } from '../terminal-approver.ts';
import type { Toolbox } from '../toolbox.ts';

interface MadeCall {
  readonly server: string;
  readonly tool: string;
  readonly status: 'done' | 'failed' | 'refused' | 'unknown';
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

interface LearnedType {
  readonly server: string;
  readonly tool: string;
  readonly results: number;
  readonly schema: JsonObject;
  readonly typescript: string;
}

interface Discovered {
  readonly calls: readonly MadeCall[];
  readonly types: readonly LearnedType[];
  readonly skipped: readonly SkippedTool[];
}

export default class Discover extends McpCommand {
  static override underWay = 'connecting';

  static override summary = 'Call tools that only read, to learn the types of their results.';

  static override description =
    `For tools that declare no type for their results. Shows the calls with all parameters and asks before it makes them. Tools without required parameters are called with {}; parameters of others come from --args, or from "discover" in the policy. Whether a tool only reads, the policy says ("readOnly", or "trustAnnotations"); any other tool has to be named, and is asked about on its own. The calls go through the policy like those of programs.

Exit codes: 0 done, 1 a call failed, 2 wrong usage, 4 refused or not agreed to, 5 a server could not be reached, 130 interrupted. Of several calls that fail, the lowest of 2, 4 and 5 counts.`;

  static override examples = [
    {
      description: 'Learn from what can be called without parameters:',
      command: '<%= config.bin %> <%= command.id %> github files',
    },
    {
      description: 'Learn the result of one tool:',
      command: `<%= config.bin %> <%= command.id %> github.get_issue --args '{"number": 1}'`,
    },
  ];

  static override strict = false;

  static override args = {
    target: stringArg({
      description: 'A server, or <server>.<tool>; several may follow. Default: all servers.',
    }),
  };

  static override flags = {
    args: string({
      helpValue: '<json>',
      summary: 'Parameters for the one tool, as JSON or @file; a list makes several calls.',
    }),
    yes: boolean({ char: 'y', summary: 'Agree to the calls that only read without being asked.' }),
    confirm: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<tool>',
      summary: 'Agree to calls of this tool, <server>.<tool>, although it may do more than read.',
    }),
    audit: string({
      helpValue: '<file>',
      summary: 'Append a record of each call to this file: who, what, how it ended; no content.',
    }),
  };

  async run(): Promise<Discovered> {
    const { argv, flags } = await this.parse(Discover);
    const { parseToolPattern } = await import('@org/bridge');
    const { openToolbox } = await import('../toolbox.ts');
    const { planDiscovery } = await import('../discovery.ts');
    const args = flags.args === undefined ? undefined : await parseArgs(flags.args);
    const person = this.person();
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags, person),
      approver: person && terminalApprover(person),
      auditPath: flags.audit,
      onAuditProblem: (message) => this.#tell(`Warning: ${message}`),
      learn: true,
    });
    const signal = this.interruption();
    const { bridge, config } = toolbox;
    const ids = config.servers.map(({ id }) => id);
    const targets = (argv as string[]).map((text) => parseToolPattern(text, ids));
    const wanted =
      targets.length === 0
        ? bridge.servers
        : ids.filter((id) => targets.some((target) => target.matchesServer(id)));
    const reading = Promise.all(wanted.map((server) => toolbox.catalog(server)));
    const catalogs = await unlessInterrupted(reading, signal);
    const plan = planDiscovery({
      catalogs,
      targets,
      args,
      samples: config.policy.discover ?? new Map(),
      isReadOnly: (server, tool) => bridge.isReadOnly(server, tool),
    });
    for (const { server, tool, reason } of plan.skipped) {
      this.#tell(`Left out ${server}.${tool}: ${reason}.`);
    }
    if (plan.calls.length === 0) this.#tell('There is nothing to call.');
    const { consentTo } = await import('../discovery-consent.ts');
    const agreed = await unlessInterrupted(
      consentTo(plan.calls, {
        ...{ person, signal, yes: flags.yes },
        confirmed: flags.confirm ?? [],
      }),
      signal,
    );
    const calls: MadeCall[] = [];
    for (const call of agreed) {
      if (!signal.aborted) calls.push(await this.#call(toolbox, call, signal));
    }
    process.exitCode = exitCodeOfErrors(calls.flatMap(({ error }) => error?.code ?? []));
    if (plan.calls.length > 0 && agreed.length === 0) process.exitCode = exitCode.refused;
    const types = await this.#learned(toolbox, catalogs, agreed);
    return { calls, types, skipped: plan.skipped };
  }

  async #call({ bridge }: Toolbox, call: SampleCall, signal: AbortSignal): Promise<MadeCall> {
    const { server, tool, params } = call;
    const paramsJson = JSON.stringify(params);
    const outcome = await bridge.callTool({ server, tool, paramsJson }, { signal });
    const { status } = outcome;
    if (status === 'done') {
      if (outcome.warning !== undefined) this.#tell(outcome.warning);
      return { server, tool, status };
    }
    const { code, message } = outcome.error;
    this.#tell(`${server}.${tool} ${status}: ${message}`);
    return { server, tool, status, error: { code, message } };
  }

  async #learned(
    { observed }: Toolbox,
    catalogs: readonly ServerCatalog[],
    calls: readonly SampleCall[],
  ): Promise<LearnedType[]> {
    const learned: LearnedType[] = [];
    for (const catalog of catalogs) {
      const { server } = catalog;
      const types = await observed.typesOf(catalog);
      const declarations = observedDeclarations(catalog, types);
      const called = new Set(
        calls.filter((call) => call.server === server).map((call) => call.tool),
      );
      for (const [tool, { results, schema }] of types) {
        if (!called.has(tool)) continue;
        const typescript = declarations.get(tool) ?? '';
        learned.push({ server, tool, results, schema, typescript });
        this.log(`// ${visibleText(`${server}.${tool}`)}: observed (${results})\n${typescript}`);
      }
    }
    return learned;
  }

  #tell(text: string): void {
    process.stderr.write(`${plainLine(text)}\n`);
  }
}
