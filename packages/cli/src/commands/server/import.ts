import { string as stringArg } from '@oclif/core/args';
import { boolean, option } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { foreignPrograms } from '../../config/foreign-configs.ts';
import type { ImportedServer } from '../../config/import-servers.ts';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

interface ImportDocument {
  readonly file: string;
  readonly servers: readonly ImportedServer[];
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
}

export default class ServerImport extends McpCommand {
  static override summary = 'Take over servers that other programs have configured.';

  static override description =
    `Reads the configurations that Claude Code, Claude Desktop, Cursor, VS Code, Windsurf, Codex, Gemini CLI and opencode keep for this user. Without a name and without --all it only shows what there is. Values are copied as they are, tokens too: .mcp.json is then no file to commit.

Exit codes: 0 done, 2 wrong usage or no such server, 130 interrupted.`;

  static override examples = [
    { description: 'See what there is:', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Take two of them:',
      command: '<%= config.bin %> <%= command.id %> github linear',
    },
    {
      description: 'Take all of Cursor:',
      command: '<%= config.bin %> <%= command.id %> --from cursor --all',
    },
  ];

  static override strict = false;

  static override args = {
    name: stringArg({ description: 'A server; several may follow.' }),
  };

  static override flags = {
    from: option({ options: foreignPrograms, summary: 'Only those of this program.' })(),
    all: boolean({ summary: 'Take all of them.' }),
    force: boolean({ summary: 'Replace servers of the same name.' }),
  };

  async run(): Promise<ImportDocument> {
    const { argv, flags } = await this.parse(ServerImport);
    const names = argv as string[];
    if (flags.all && names.length > 0) {
      throw new SandboxError('USAGE', 'Give either names or --all.');
    }
    const { describeImport, importServers } = await import('../../config/import-servers.ts');
    const { EditedConfig } = await import('../../config/edit-config.ts');
    const config = await EditedConfig.open(flags.config);
    const wanted = flags.all ? ('all' as const) : names;
    const done = await importServers(config, wanted, flags);
    for (const { file, why } of done.unreadable) {
      process.stderr.write(`Warning: ${plainLine(`${file} was not read: ${why}`)}\n`);
    }
    if (!this.jsonEnabled()) process.stdout.write(describeImport(done.servers, config.file));
    return { file: config.file, ...done };
  }
}
