import { string } from '@oclif/core/args';
import { completionScript, type Shell, shells } from '../completions/scripts.ts';
import { McpCommand } from '../mcp-command.ts';

export default class Completions extends McpCommand {
  static override summary =
    'Print a script with which a shell completes commands, flags and values.';

  static override description =
    `The shell reads it at its start. Names of servers, tools, runs and skills, and keys of the configuration, it asks mcp-cli for when they are typed: that reads the configuration and what is kept on the disk, and starts no server. Tools are those of catalogs that were read before.

Exit codes: 0 printed, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'bash, in ~/.bashrc:',
      command: 'source <(<%= config.bin %> <%= command.id %> bash)',
    },
    {
      description: 'zsh, in ~/.zshrc after compinit:',
      command: 'source <(<%= config.bin %> <%= command.id %> zsh)',
    },
    {
      description: 'fish, in ~/.config/fish/config.fish:',
      command: '<%= config.bin %> <%= command.id %> fish | source',
    },
  ];

  static override args = {
    shell: string({ description: 'bash, zsh or fish.', options: [...shells], required: true }),
  };

  async run(): Promise<{ readonly shell: string; readonly script: string }> {
    const { args } = await this.parse(Completions);
    const { completedCommands } = await import('../completions/words.ts');
    const script = completionScript(
      args.shell as Shell,
      this.config.bin,
      completedCommands(this.config.commands),
    );
    if (!this.jsonEnabled()) process.stdout.write(script);
    return { shell: args.shell, script };
  }
}
