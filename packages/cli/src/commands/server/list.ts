import { boolean } from '@oclif/core/flags';
import { exitCodeOfErrors } from '../../exit-code.ts';
import type { ListedServer } from '../../list-servers.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { widthOf } from '../../text-width.ts';

export default class ServerList extends McpCommand {
  static override underWay = 'connecting';

  static override summary = 'List the configured servers and where each is defined.';

  static override description =
    `Shows name, transport, file and line, and whether the server is disabled, denied by the policy, or in a file that is not trusted yet. Starts nothing, unless --connect says so.

Exit codes: 0 listed, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted. Of several servers that fail, the lowest of 2, 4 and 5 counts.`;

  static override examples = [
    {
      description: 'List the servers of the working folder and of the folders above it:',
      command: '<%= config.bin %> <%= command.id %> --json',
    },
    {
      description: 'Connect to each, and count their tools:',
      command: '<%= config.bin %> <%= command.id %> --connect --json',
    },
  ];

  static override flags = {
    connect: boolean({ summary: 'Connect to each server that is in use, and count its tools.' }),
  };

  async run(): Promise<{ servers: readonly ListedServer[] }> {
    const { flags } = await this.parse(ServerList);
    const { openToolbox } = await import('../../toolbox.ts');
    const { describeServers, listServers } = await import('../../list-servers.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags),
    });
    const interrupted = this.interruption();
    const servers = await unlessInterrupted(listServers(toolbox, flags.connect), interrupted);
    if (!this.jsonEnabled())
      process.stdout.write(describeServers(servers, widthOf(process.stdout)));
    process.exitCode = exitCodeOfErrors(
      servers.flatMap(({ contact }) => (contact?.status === 'failed' ? [contact.code] : [])),
    );
    return { servers };
  }
}
