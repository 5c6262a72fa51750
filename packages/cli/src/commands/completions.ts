import { string } from '@oclif/core/args';
import { SandboxError } from '@org/core';
import { McpCommand } from '../mcp-command.ts';

export default class Completions extends McpCommand {
  static override summary = 'Print a script with which a shell completes commands and flags.';

  static override description = `The shell reads it at its start; it starts nothing itself.

Exit codes: 0 printed, 2 wrong usage.`;

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
    shell: string({ description: 'bash, zsh or fish.', required: true }),
  };

  async run(): Promise<{ readonly shell: string; readonly script: string }> {
    const { args } = await this.parse(Completions);
    const { completionScript, shells } = await import('../completions/scripts.ts');
    const { completedCommands } = await import('../completions/words.ts');
    const shell = shells.find((one) => one === args.shell);
    if (shell === undefined) {
      throw new SandboxError(
        'USAGE',
        `There are no completions for ${JSON.stringify(args.shell)}.`,
        {
          hint: `Use ${shells.join(', ')}.`,
        },
      );
    }
    const script = completionScript(
      shell,
      this.config.bin,
      completedCommands(this.config.commands),
    );
    if (!this.jsonEnabled()) process.stdout.write(script);
    return { shell, script };
  }
}
