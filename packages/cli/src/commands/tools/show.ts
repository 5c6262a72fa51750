import { string } from '@oclif/core/args';
import { option } from '@oclif/core/flags';
import {
  didYouMean,
  plainText,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolHit,
  toolDetails,
} from '@org/core';
import { CatalogCommand, catalogFlags } from '../../catalog-command.ts';
import { keptCatalogs, type WithKept } from '../../kept-catalogs.ts';
import { unlessInterrupted } from '../../mcp-command.ts';

interface ShownTool extends ToolHit {
  readonly import: string;
}

export default class ToolsShow extends CatalogCommand {
  static override summary = 'Show how a program calls a tool.';

  static override description = `Connects to the tool's server alone.

Exit codes: 0 shown, 2 no such tool or wrong usage, 4 refused, 5 the server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'The wrapper of a tool, with its documentation:',
      command: '<%= config.bin %> <%= command.id %> github.search_issues',
    },
    {
      description: 'The signatures of two:',
      command:
        '<%= config.bin %> <%= command.id %> files.read_text_file files.write_file --detail signature',
    },
  ];

  static override strict = false;

  static override args = {
    tool: string({ description: '<server>.<tool>; several may follow.', required: true }),
  };

  static override flags = {
    detail: option({
      summary: 'First line, TypeScript signature, or the whole wrapper.',
      options: toolDetails,
      default: 'full' as const,
    })(),
    ...catalogFlags,
  };

  async run(): Promise<WithKept & { tools: readonly ShownTool[] }> {
    const { argv, flags } = await this.parse(ToolsShow);
    await using toolbox = await this.openCatalogs(flags);
    const { showTool } = await import('@org/codegen');
    const interrupted = this.interruption();
    const wanted = [...new Set(argv as string[])].map((name) =>
      splitName(name, toolbox.bridge.servers),
    );
    const tools = await unlessInterrupted(
      Promise.all(
        wanted.map(async ({ server, tool }): Promise<ShownTool> => {
          const { catalog, observed } = await toolbox.wrappers(server);
          const shown = showTool(catalog, toolbox.folder(server), tool, flags.detail, observed);
          if (shown === undefined) throw unknownTool(catalog, tool);
          return { ...shown.hit, import: shown.import };
        }),
      ),
      interrupted,
    );
    for (const shown of tools) this.log(`${shown.import}\n\n${plainText(shown.text).trimEnd()}\n`);
    return { tools, ...keptCatalogs(toolbox.kept) };
  }
}

/** Both names may have dots: the longest server that fits is meant. */
function splitName(name: string, servers: readonly ServerId[]) {
  const server = servers
    .filter((one) => name.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (server !== undefined) return { server, tool: name.slice(server.length + 1) };
  const [first = name] = name.split('.');
  throw new SandboxError(
    'USAGE',
    name.includes('.')
      ? `There is no server ${JSON.stringify(first)}.${didYouMean(first, servers)}`
      : `${JSON.stringify(name)} names no server.`,
    { hint: `Write <server>.<tool>, with one of the servers ${servers.join(', ')}.` },
  );
}

function unknownTool({ server, tools }: ServerCatalog, name: string): SandboxError {
  const names = tools.map((tool) => tool.name);
  return new SandboxError(
    'USAGE',
    `Server ${JSON.stringify(server)} has no tool ${JSON.stringify(name)}.${didYouMean(name, names)}`,
    { hint: 'mcp-cli tools list shows the tools that there are.' },
  );
}
