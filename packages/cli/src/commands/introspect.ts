import { string } from '@oclif/core/args';
import type { ServerCatalog } from '@org/core';
import { cacheFlag, refreshFlag } from '../cache-folder.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';

export default class Introspect extends McpCommand {
  static override summary = 'Show the tools that servers offer.';

  static override description =
    `Prints each tool with its parameters; with --json the whole catalog, schemas included. Servers are started where no catalog of theirs is in the cache folder, or an old one.

Exit codes: 0 shown, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Show the tools of the server "github" of .mcp.json:',
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

  static override flags = { refresh: refreshFlag, cache: cacheFlag };

  async run(): Promise<{ servers: readonly ServerCatalog[] }> {
    const { argv, flags } = await this.parse(Introspect);
    const { openToolbox } = await import('../toolbox.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      cache: flags.cache,
      refresh: flags.refresh,
    });
    const interrupted = this.interruption();
    const servers = await unlessInterrupted(
      Promise.all([...new Set(argv as string[])].map((name) => toolbox.catalog(name))),
      interrupted,
    );
    const { describeCatalog } = await import('../describe-catalog.ts');
    for (const catalog of servers) {
      this.log(describeCatalog(catalog, toolbox.folder(catalog.server), process.stdout.columns));
    }
    if (!this.jsonEnabled() && toolbox.kept.size > 0) {
      const oldest = Math.min(...[...toolbox.kept.values()].map(Number));
      const minutes = Math.round((Date.now() - oldest) / 60_000);
      this.logToStderr(`Read up to ${minutes} minutes ago; --refresh asks the servers.`);
    }
    return { servers };
  }
}
