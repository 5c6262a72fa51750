import { access } from 'node:fs/promises';
import { boolean } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import type { ImportedServer } from '../../config/import-servers.ts';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

interface InitDocument {
  readonly file: string;
  /** Servers that other programs of the user have. */
  readonly servers: readonly ImportedServer[];
}

export default class ConfigInit extends McpCommand {
  static override summary = 'Make a configuration in the working folder.';

  static override description =
    `Writes .mcp.json, and shows the servers that other programs of this user have: Claude Code, Claude Desktop, Cursor, VS Code, Windsurf, Codex, Gemini CLI, opencode. With --import all of them are taken over, tokens too.

Exit codes: 0 made, 2 there is one, 130 interrupted.`;

  static override examples = [
    { description: 'Make an empty one:', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'With the servers that are configured elsewhere:',
      command: '<%= config.bin %> <%= command.id %> --import',
    },
  ];

  static override flags = {
    import: boolean({ summary: 'Take over the servers of other programs.' }),
  };

  async run(): Promise<InitDocument> {
    const { flags } = await this.parse(ConfigInit);
    const { EditedConfig, ownConfig } = await import('../../config/edit-config.ts');
    const { describeImport, importServers } = await import('../../config/import-servers.ts');
    const file = flags.config ?? ownConfig;
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) {
      throw new SandboxError('USAGE', `There is a ${file}.`, {
        hint: 'Add servers to it with mcp-cli server add or mcp-cli server import.',
      });
    }
    const config = await EditedConfig.open(file);
    config.set(['mcpServers'], {});
    await config.save();
    const { servers } = await importServers(config, flags.import ? 'all' : [], {});
    this.log(plainLine(`Made ${file}.`));
    if (!this.jsonEnabled()) {
      process.stdout.write(
        servers.length === 0
          ? 'Add a server: mcp-cli server add <name> -- <command> …\n'
          : describeImport(servers, file),
      );
    }
    return { file, servers };
  }
}
