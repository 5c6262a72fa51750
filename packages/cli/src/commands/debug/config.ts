import { machine } from '../../debug/machine.ts';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';

export default class DebugConfig extends McpCommand {
  static override summary = 'Report the configuration: files, servers, policy, trust. No secrets.';

  static override description =
    `For a bug report. Arguments of servers are left out, and values of variables and headers; names stay.

Exit codes: 0 reported, 2 there is no configuration, or it cannot be read, 130 interrupted.`;

  static override examples = [
    { description: 'Report it:', command: '<%= config.bin %> <%= command.id %>' },
  ];

  async run(): Promise<object> {
    const { flags } = await this.parse(DebugConfig);
    const { readServerConfig } = await import('@org/bridge');
    const { openProjectTrust } = await import('../../project-trust.ts');
    const { validateServers } = await import('../../config/validate-servers.ts');
    const { launchReport } = await import('../../debug/launch-report.ts');
    const { withoutHome } = await import('../../debug/without-home.ts');
    const config = await readServerConfig({
      cwd: process.cwd(),
      env: process.env,
      ...(flags.config !== undefined && { configPath: flags.config }),
    });
    const trust = await openProjectTrust(config, this.atTerminal(flags));
    const servers = config.servers.map(async (entry) => {
      const { id, origin, disabled, launch } = entry;
      const state = await trust.stateOf(entry);
      return { id, type: launch.type, origin, disabled, trust: state, ...launchReport(launch) };
    });
    const report = withoutHome({
      ...machine(this.config.version),
      files: config.files.map(({ path, foundBy, digest }) => ({ path, foundBy, digest })),
      servers: await Promise.all(servers),
      shadowed: config.shadowed,
      policy: config.policy,
      problems: await validateServers(config),
    });
    this.log(jsonText(report));
    return report;
  }
}
