import { string as stringArg } from '@oclif/core/args';
import { McpCommand } from '../../../mcp-command.ts';
import { tokensFlag, tokensIn } from '../../../serve/tokens-folder.ts';

export default class ServeTokenRevoke extends McpCommand {
  static override summary = 'Revoke a token, also for servers that run.';

  static override description =
    `Its next request is refused; its sessions, streams and requests under way end within a second. State and recorded runs of its client stay.

Exit codes: 0 revoked, 2 no such token, 130 interrupted.`;

  static override examples = [
    { description: 'Revoke a token:', command: '<%= config.bin %> <%= command.id %> ci' },
  ];

  static override args = { token: stringArg({ description: 'Its name.', required: true }) };
  static override flags = { tokens: tokensFlag };

  async run(): Promise<{ readonly revoked: string }> {
    const { args, flags } = await this.parse(ServeTokenRevoke);
    await (await tokensIn(flags.tokens)).revoke(args.token);
    this.log(`Revoked ${args.token}`);
    return { revoked: args.token };
  }
}
