import { string } from '@oclif/core/args';
import { cacheFlag } from '../cache-folder.ts';
import type { Introspected } from '../describe-catalog.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { widthOf } from '../text-width.ts';

export default class Introspect extends McpCommand {
  static override underWay = 'connecting';

  static override summary =
    'Connect to servers and show what they offer: tools, resources, prompts.';

  static override description =
    `Prints each tool and prompt with its parameters, and each resource and resource template; with --json all of it, schemas and the server's capabilities included.

Exit codes: 0 shown, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Show what the server "github" of .mcp.json offers:',
      command: '<%= config.bin %> <%= command.id %> github',
    },
    {
      description: 'Save the catalog of a server of another configuration:',
      command:
        '<%= config.bin %> <%= command.id %> github --config servers.json --json > github.json',
    },
  ];

  static override strict = false;

  static override args = {
    server: string({
      description: 'A server of the configuration; several may follow.',
      required: true,
    }),
  };

  static override flags = { cache: cacheFlag };

  async run(): Promise<{ servers: readonly Introspected[] }> {
    const { argv, flags } = await this.parse(Introspect);
    const { openToolbox } = await import('../toolbox.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags),
      cache: flags.cache,
    });
    const interrupted = this.interruption();
    const servers = await unlessInterrupted(
      Promise.all([...new Set(argv as string[])].map((name) => toolbox.introspect(name))),
      interrupted,
    );
    const { describeCatalog } = await import('../describe-catalog.ts');
    for (const catalog of servers) {
      this.log(describeCatalog(catalog, toolbox.folder(catalog.server), widthOf(process.stdout)));
    }
    return { servers };
  }
}
