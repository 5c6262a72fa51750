import { string as stringArg } from '@oclif/core/args';
import { counted } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';

export default class TypesForget extends McpCommand {
  static override summary = 'Forget the types of results that were learned of these tools.';

  static override description = `Their results are unknown again until the next ones come.

Exit codes: 0 forgotten, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'Forget those of a server:',
      command: '<%= config.bin %> <%= command.id %> github',
    },
    {
      description: 'Forget those of one tool:',
      command: '<%= config.bin %> <%= command.id %> github.get_issue',
    },
  ];

  static override args = {
    pattern: stringArg({ description: 'Tools, such as github or *.get_*.', required: true }),
  };

  async run(): Promise<{ forgotten: number }> {
    const { args, flags } = await this.parse(TypesForget);
    const { knownTypes } = await import('../../known-types.ts');
    const { forget } = await knownTypes(flags.config, args.pattern);
    const forgotten = await forget();
    this.log(`Forgot ${counted(forgotten, 'type')}`);
    return { forgotten };
  }
}
