import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import type { Launch } from '@org/bridge';
import { didYouMean, SandboxError } from '@org/core';
import { exitCodeOfError } from '../../exit-code.ts';
import type { ListedServer } from '../../list-servers.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';

interface InfoDocument extends ListedServer {
  /** What is run or connected to: no values of variables, and masked unless `--reveal` says otherwise. */
  readonly launch: Launch;
}

export default class ServerInfo extends McpCommand {
  static override underWay = 'connecting';

  static override summary =
    'Show one server: what it runs, where it is defined, whether it is used.';

  static override description =
    `What may be a secret is ***, with --json too: arguments other than names of options, packages that are run and scripts, and paths and queries of addresses. --reveal shows these; of variables and headers only the names are ever shown. Starts nothing, unless --connect says so.

Exit codes: 0 shown, 2 wrong usage or no such server, 4 refused, 5 it could not be reached, 130 interrupted.`;

  static override examples = [
    { description: 'What is it?', command: '<%= config.bin %> <%= command.id %> github' },
    {
      description: 'Does it start, and what does it have?',
      command: '<%= config.bin %> <%= command.id %> github --connect',
    },
  ];

  static override args = { server: string({ description: 'Name of the server.', required: true }) };

  static override flags = {
    connect: boolean({ summary: 'Connect to it, and count its tools.' }),
    reveal: boolean({ summary: 'Show arguments and addresses as the file has them.' }),
  };

  async run(): Promise<InfoDocument> {
    const { args, flags } = await this.parse(ServerInfo);
    const { openToolbox } = await import('../../toolbox.ts');
    const { describeServers, listServers } = await import('../../list-servers.ts');
    const { describeLaunch } = await import('../../describe-launch.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags),
    });
    const entries = toolbox.config.servers;
    const entry = entries.find(({ id }) => id === args.server);
    if (entry === undefined) {
      const suggestion = didYouMean(
        args.server,
        entries.map(({ id }) => id),
      );
      throw new SandboxError(
        'UNKNOWN_SERVER',
        `There is no server named ${JSON.stringify(args.server)}.${suggestion}`,
        { hint: 'See mcp-cli server list.' },
      );
    }
    const interrupted = this.interruption();
    const only = { ...toolbox, config: { ...toolbox.config, servers: [entry] } };
    const [listed] = await unlessInterrupted(listServers(only, flags.connect), interrupted);
    if (listed === undefined) throw new SandboxError('INTERNAL', 'The server is not listed.');
    const { maskedLaunch } = await import('../../config/mask.ts');
    const shown = flags.reveal ? entry : { ...entry, launch: maskedLaunch(entry.launch) };
    if (!this.jsonEnabled()) {
      const [, ...launch] = describeLaunch(shown);
      process.stdout.write(
        `${describeServers([listed], Infinity)}${launch.map((one) => `    ${one}\n`).join('')}`,
      );
      if (JSON.stringify(shown.launch) !== JSON.stringify(entry.launch)) {
        this.logToStderr('What may be a secret is ***; --reveal shows it.');
      }
    }
    const { contact } = listed;
    if (contact?.status === 'failed') process.exitCode = exitCodeOfError(contact.code);
    return { ...listed, launch: shown.launch };
  }
}
