import { string as stringArg } from '@oclif/core/args';
import { McpCommand } from '../../mcp-command.ts';
import { visibleText } from '../../plain-text.ts';

interface ListedType {
  readonly server: string;
  readonly tool: string;
  /** Of the definition that the results are of. */
  readonly digest: string;
  readonly results: number;
  readonly seen: string;
  readonly schema: unknown;
}

export default class TypesList extends McpCommand {
  static override summary = 'Show which types of results were learned.';

  static override description =
    `One line a tool: how many results its type was made of, and when the last one was seen. With --json the types, as JSON Schema, too. Connects to no server.

Exit codes: 0 shown, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'Show those of tools that get:',
      command: '<%= config.bin %> <%= command.id %> "*.get_*"',
    },
    {
      description: 'Show those of a server:',
      command: '<%= config.bin %> <%= command.id %> github --json',
    },
  ];

  static override args = {
    pattern: stringArg({ description: 'Tools, such as github or *.get_*. Default: all.' }),
  };

  async run(): Promise<{ types: readonly ListedType[] }> {
    const { args, flags } = await this.parse(TypesList);
    const { knownTypes } = await import('../../known-types.ts');
    const { types } = await knownTypes(flags.config, args.pattern);
    for (const { server, tool, results, seen } of types) {
      this.log(`${visibleText(`${server}.${tool}`)}  observed (${results})  ${seen.slice(0, 10)}`);
    }
    return { types };
  }
}
