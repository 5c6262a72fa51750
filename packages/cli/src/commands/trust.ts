import { boolean } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { McpCommand } from '../mcp-command.ts';
import { visibleText } from '../plain-text.ts';

interface TrustedFile {
  readonly path: string;
  /** Whether its servers are used without asking, until its content changes. */
  readonly trusted: boolean;
  readonly servers: readonly string[];
}

export default class Trust extends McpCommand {
  static override summary = "Show, give or take back trust in the project's configuration files.";

  static override description =
    `A file that came with a repository names commands to run, so its servers are used only once you agreed to its content; docs/connections.md says when that is asked for. Without a flag, shows what the files would start, all arguments as they are.

Exit codes: 0 done, 2 wrong usage, or there is no configuration, 130 interrupted.`;

  static override examples = [
    { description: 'What would be started?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Agree to it, until a file changes:',
      command: '<%= config.bin %> <%= command.id %> --yes',
    },
    { description: 'Take it back:', command: '<%= config.bin %> <%= command.id %> --forget' },
  ];

  static override flags = {
    yes: boolean({ summary: 'Trust what the files hold now.', exclusive: ['forget'] }),
    forget: boolean({ summary: 'Trust them no more.' }),
  };

  async run(): Promise<{ readonly files: readonly TrustedFile[] }> {
    const { flags } = await this.parse(Trust);
    const { readServerConfig, trustFile } = await import('@org/bridge');
    const { describeLaunch } = await import('../describe-launch.ts');
    const { usersFile } = await import('../users-folder.ts');
    const place = await usersFile('trusted.json');
    if (place === undefined) {
      throw new SandboxError('USAGE', 'There is no place to note what is trusted.', {
        hint: 'Set HOME, or XDG_CONFIG_HOME, to a folder of your own.',
      });
    }
    const store = trustFile(place);
    const config = await readServerConfig({
      cwd: process.cwd(),
      env: process.env,
      ...(flags.config !== undefined && { configPath: flags.config }),
    });
    const files: TrustedFile[] = [];
    for (const file of config.files) {
      if (flags.yes) await store.add(file);
      if (flags.forget) await store.remove(file);
      const trusted = await store.has(file);
      const used = file.servers.filter(({ disabled }) => !disabled);
      this.log(`${visibleText(file.shownPath)}: ${trusted ? 'trusted' : 'not trusted'}`);
      for (const entry of used) this.log(`  ${describeLaunch(entry).join('\n    ')}`);
      files.push({ path: file.path, trusted, servers: used.map(({ id }) => id) });
    }
    return { files };
  }
}
