import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

interface PathDocument {
  /** Server configurations that are read, the one that counts first. */
  readonly servers: readonly string[];
  /** Of the user: trust, approvals, learned types, pins of skills. Null without a home. */
  readonly user: string | null;
  /** Catalogs, compiled programs. Null where nothing is kept. */
  readonly cache: string | null;
}

export default class ConfigPath extends McpCommand {
  static override summary = 'Show which files are read, and where mcp-cli keeps its own.';

  static override description =
    `Exit codes: 0 shown, 2 a configuration cannot be read, 130 interrupted.`;

  static override examples = [
    {
      description: 'Open the configuration that counts:',
      command: '$EDITOR "$(<%= config.bin %> <%= command.id %> --json | jq -r .servers[0])"',
    },
  ];

  async run(): Promise<PathDocument> {
    const { flags } = await this.parse(ConfigPath);
    const { readServerConfig } = await import('@org/bridge');
    const { usersFile } = await import('../../users-folder.ts');
    const { cacheRoot } = await import('../../cache-root.ts');
    const { SandboxError } = await import('@org/core');
    const config = await readServerConfig({
      cwd: process.cwd(),
      env: process.env,
      ...(flags.config !== undefined && { configPath: flags.config }),
    }).catch((error) => {
      if (
        flags.config === undefined &&
        error instanceof SandboxError &&
        error.code === 'CONFIG_NOT_FOUND'
      )
        return { files: [] };
      throw error;
    });
    const servers = config.files.map(({ path }) => path);
    const found = {
      servers,
      user: (await usersFile('.')) ?? null,
      cache: (await cacheRoot()) ?? null,
    };
    for (const file of servers) this.log(plainLine(`servers: ${file}`));
    if (servers.length === 0) this.log('servers: none; mcp-cli config init makes .mcp.json');
    this.log(plainLine(`user: ${found.user ?? 'nowhere: there is no home folder'}`));
    this.log(plainLine(`cache: ${found.cache ?? 'nowhere'}`));
    return found;
  }
}
