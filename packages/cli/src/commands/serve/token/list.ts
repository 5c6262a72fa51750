import type { TokenSummary } from '@org/server';
import { McpCommand } from '../../../mcp-command.ts';
import { describeTokens } from '../../../serve/describe-token.ts';
import { tokensFlag, tokensIn } from '../../../serve/tokens-folder.ts';

export default class ServeTokenList extends McpCommand {
  static override summary = 'List the tokens of clients, the revoked ones among them.';

  static override description = `What proves a token is shown once, when it is added.

Exit codes: 0 listed, 2 a token's file cannot be used, 130 interrupted.`;

  static override examples = [
    { description: 'All tokens:', command: '<%= config.bin %> <%= command.id %>' },
  ];

  static override flags = { tokens: tokensFlag };

  async run(): Promise<{ readonly tokens: readonly TokenSummary[] }> {
    const { flags } = await this.parse(ServeTokenList);
    const tokens = await (await tokensIn(flags.tokens)).list();
    this.log(describeTokens(tokens));
    return { tokens };
  }
}
