import { string } from '@oclif/core/args';
import { integer } from '@oclif/core/flags';
import type { ToolListing } from '@org/codegen';
import type { ServerId } from '@org/core';
import { CatalogCommand, catalogFlags } from '../../catalog-command.ts';
import { keptCatalogs, type WithKept } from '../../kept-catalogs.ts';
import { unlessInterrupted } from '../../mcp-command.ts';
import { widthOf } from '../../text-width.ts';
import { requireReachable } from '../../tool-finder.ts';

export default class ToolsList extends CatalogCommand {
  static override summary = 'List the tools of all servers, or of some, in few tokens.';

  static override description =
    `With what each does where that fits into the budget, else by name alone, else some of each
server's: the listing then says PARTIAL.

Exit codes: 0 listed, 2 wrong usage, 4 refused, 5 no server could be reached, 130 interrupted.`;

  static override examples = [
    { description: 'All tools:', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Those of one server, whatever they take:',
      command: '<%= config.bin %> <%= command.id %> github --budget 100000',
    },
  ];

  static override strict = false;

  static override args = {
    server: string({ description: 'Servers of the configuration. Default: all.' }),
  };

  static override flags = {
    budget: integer({
      helpValue: '<tokens>',
      summary: 'About how many tokens the listing may take.',
      min: 1,
      max: 1_000_000,
      default: 2_000,
    }),
    ...catalogFlags,
  };

  async run(): Promise<ToolListing & WithKept & { readonly note?: string }> {
    const { argv, flags } = await this.parse(ToolsList);
    await using toolbox = await this.openCatalogs(flags);
    const { listTools } = await import('@org/codegen');
    const interrupted = this.interruption();
    const named = [...new Set(argv as string[])];
    const { catalogs, missing } = await unlessInterrupted(
      named.length === 0
        ? toolbox.catalogs().then(requireReachable)
        : Promise.all(named.map((name) => toolbox.wrappers(name as ServerId))).then((all) => ({
            catalogs: all.map(({ catalog }) => catalog),
            missing: [],
          })),
      interrupted,
    );
    const listing = listTools(catalogs, toolbox.folders, flags.budget);
    const { describeListing, listingNote } = await import('../../describe-listing.ts');
    this.log(describeListing(listing, missing, widthOf(process.stdout)).trimEnd());
    const note = listingNote(listing, missing);
    return { ...listing, ...(note !== undefined && { note }), ...keptCatalogs(toolbox.kept) };
  }
}
