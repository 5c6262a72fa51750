import { string } from '@oclif/core/args';
import { integer, option } from '@oclif/core/flags';
import { maxToolHits, type ToolSearchResult, toolDetails } from '@org/core';
import { CatalogCommand, catalogFlags } from '../../catalog-command.ts';
import { keptCatalogs, type WithKept } from '../../kept-catalogs.ts';
import { unlessInterrupted } from '../../mcp-command.ts';
import { requireReachable } from '../../tool-finder.ts';

export default class ToolsSearch extends CatalogCommand {
  static override summary = 'Find tools of all servers by what they do.';

  static override description =
    `Prints the best hits first, each with what a program needs to call it, as searchTools does in a
program. An empty query lists all tools.

Exit codes: 0 searched, 2 wrong usage, 5 no server could be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'How to rename a file:',
      command: "<%= config.bin %> <%= command.id %> 'rename a file'",
    },
    {
      description: 'Twenty names and first lines:',
      command: "<%= config.bin %> <%= command.id %> 'web page' --detail name --limit 20",
    },
  ];

  static override args = {
    query: string({ description: 'What the tool shall do, in words.', required: true }),
  };

  static override flags = {
    detail: option({
      summary: 'Name and first line, TypeScript signature, or the whole wrapper.',
      options: toolDetails,
      default: 'signature' as const,
    })(),
    limit: integer({
      summary: 'Most hits. Default: 2; 10 of detail name.',
      min: 1,
      max: maxToolHits,
    }),
    ...catalogFlags,
  };

  async run(): Promise<ToolSearchResult & WithKept> {
    const { args, flags } = await this.parse(ToolsSearch);
    await using toolbox = await this.openCatalogs(flags);
    const { createToolSearch } = await import('@org/codegen');
    const interrupted = this.interruption();
    const found = requireReachable(await unlessInterrupted(toolbox.catalogs(), interrupted));
    const search = await createToolSearch(found.catalogs, toolbox.folders, found);
    const { detail, limit } = flags;
    const result = await search(args.query, {
      detail,
      ...(limit !== undefined && { limit }),
    });
    const { describeHits } = await import('../../describe-hits.ts');
    this.log(describeHits(result, detail).trim());
    return { ...result, ...keptCatalogs(toolbox.kept) };
  }
}
