import { counted } from '@org/core';
import type { ServerProblem } from '../../config/validate-servers.ts';
import { exitCode } from '../../exit-code.ts';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

interface ValidateDocument {
  readonly valid: boolean;
  readonly servers: number;
  readonly problems: readonly ServerProblem[];
}

export default class ServerValidate extends McpCommand {
  static override summary = 'Check the configuration without starting a server.';

  static override description =
    `Reads the files, fills in variables, and looks for the commands. "server list --connect" starts the servers as well.

Exit codes: 0 nothing is wrong, 1 a server cannot be used, 2 a file cannot be read or is not a configuration, 130 interrupted.`;

  static override examples = [
    { description: 'Check it, in CI:', command: '<%= config.bin %> <%= command.id %>' },
  ];

  async run(): Promise<ValidateDocument> {
    const { flags } = await this.parse(ServerValidate);
    const { readServerConfig } = await import('@org/bridge');
    const { validateServers } = await import('../../config/validate-servers.ts');
    const config = await readServerConfig({
      cwd: process.cwd(),
      env: process.env,
      ...(flags.config !== undefined && { configPath: flags.config }),
    });
    const problems = await validateServers(config);
    for (const { server, origin, message, hint = '' } of problems) {
      this.log(plainLine(`${server} (${origin}): ${message} ${hint}`));
    }
    const servers = config.servers.length;
    if (problems.length > 0) process.exitCode = exitCode.threw;
    else this.log(`${counted(servers, 'server')}, nothing wrong.`);
    return { valid: problems.length === 0, servers, problems };
  }
}
