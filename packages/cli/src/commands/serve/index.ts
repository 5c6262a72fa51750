import { McpCommand } from '../../mcp-command.ts';
import { serveFlags } from '../../serve/serve-flags.ts';

export default class Serve extends McpCommand {
  static override enableJsonFlag = false;

  static override underWay = undefined;

  static override summary = 'Serve the tools of all servers to an MCP client, as programs.';

  static override description =
    `An MCP client that has this server needs no other: its model writes a program, which calls the tools of all servers as typed functions, and gets what the program returns. The client starts the command itself and speaks with it over stdio; with --http it is a service for several clients.

Nothing is connected to before it is used. Runs are recorded: one that waits for a person, or was lost with its process, is gone on with by the tool resume_run or by "mcp-cli run resume". State and files of a session stay.

Exit codes: 0 the client has gone or the service was told to end, 2 wrong usage or configuration, 4 a project's file that is not trusted, 130 interrupted.`;

  static override examples = [
    {
      description: 'Serve the project of the working folder on stdio, as a client does:',
      command: '<%= config.bin %> <%= command.id %>',
    },
    {
      description: 'Let Claude Code start it:',
      command:
        'claude mcp add tools -- <%= config.bin %> <%= command.id %> --config ~/tools/mcp.json',
    },
    {
      description: 'Only let programs read from one server, and a person decide on the rest:',
      command:
        "<%= config.bin %> <%= command.id %> --allow 'github.get_*' --ask github --profile strict",
    },
    {
      description: 'Serve clients on this machine over HTTP:',
      command: '<%= config.bin %> <%= command.id %> --http 8383',
    },
    {
      description: 'Serve others, each with a token of "mcp-cli serve token add":',
      command:
        '<%= config.bin %> <%= command.id %> --http 0.0.0.0:8383 --allow-host tools.example.org',
    },
  ];

  static override flags = serveFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const { serve } = await import('../../serve/serve.ts');
    process.exitCode = await serve(flags, this.atTerminal(flags, undefined), this.config.version);
  }
}
