import { string } from '@oclif/core/args';
import type { ServerId } from '@org/core';
import { machine } from '../../debug/machine.ts';
import { exitCodeOfError } from '../../exit-code.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';

export default class DebugServer extends McpCommand {
  static override underWay = 'connecting';

  static override summary =
    'Report one server: how it is launched, how connecting went, what it has.';

  static override description =
    `For a bug report. Starts the server. Texts of it and its last lines on stderr are in the report, redacted.

Exit codes: 0 it was reached, 2 wrong usage or no such server, 4 refused, 5 it could not be reached, 130 interrupted.`;

  static override examples = [
    { description: 'Report it:', command: '<%= config.bin %> <%= command.id %> github' },
  ];

  static override args = { server: string({ description: 'Name of the server.', required: true }) };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(DebugServer);
    const { openToolbox } = await import('../../toolbox.ts');
    const { SandboxError } = await import('@org/core');
    const { launchReport, withoutLaunch } = await import('../../debug/launch-report.ts');
    const { withoutHome } = await import('../../debug/without-home.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags),
      cache: false,
    });
    const server = args.server as ServerId;
    toolbox.bridge.status(server);
    const entry = toolbox.config.servers.find(({ id }) => id === server);
    const launch = entry?.launch;
    const started = performance.now();
    const contact = await unlessInterrupted(toolbox.introspect(server), this.interruption())
      .then((found) => ({
        status: 'reached',
        protocolVersion: found.protocolVersion,
        serverInfo: found.serverInfo,
        tools: found.tools.map(({ name, annotations, outputSchema, requiresTask }) => ({
          name,
          ...(annotations && { annotations }),
          declaresResult: outputSchema !== undefined,
          ...(requiresTask && { requiresTask }),
        })),
        rejected: found.rejected,
      }))
      .catch((error) => {
        if (!(error instanceof SandboxError) || error.code === 'ABORTED') throw error;
        process.exitCode = exitCodeOfError(error.code);
        const { code, message, hint } = error;
        const told = (text: string) => (launch === undefined ? text : withoutLaunch(text, launch));
        const failed = { status: 'failed', code, message: told(message) };
        return hint === undefined ? failed : { ...failed, hint: told(hint) };
      });
    const report = withoutHome({
      ...machine(this.config.version),
      server,
      origin: entry?.origin,
      launch: launch && { type: launch.type, ...launchReport(launch) },
      ms: Math.round(performance.now() - started),
      contact,
    });
    this.log(jsonText(report));
    return report;
  }
}
