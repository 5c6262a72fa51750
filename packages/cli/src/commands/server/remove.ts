import { string } from '@oclif/core/args';
import { didYouMean, isJsonObject, SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

export default class ServerRemove extends McpCommand {
  static override summary = 'Take a server out of the configuration.';

  static override description =
    `Only out of the file that is named or found in the working folder; comments and layout stay as they are.

Exit codes: 0 removed, 2 wrong usage or no such server, 130 interrupted.`;

  static override examples = [
    { description: 'Remove one:', command: '<%= config.bin %> <%= command.id %> files' },
  ];

  static override args = { server: string({ description: 'Name of the server.', required: true }) };

  async run(): Promise<{ readonly name: string; readonly file: string }> {
    const { args, flags } = await this.parse(ServerRemove);
    const { EditedConfig } = await import('../../config/edit-config.ts');
    const config = await EditedConfig.open(flags.config);
    const servers = config.get([config.serversKey]);
    const names = isJsonObject(servers) ? Object.keys(servers) : [];
    if (!names.includes(args.server)) {
      const suggestion = didYouMean(args.server, names);
      throw new SandboxError(
        'UNKNOWN_SERVER',
        `${config.file} has no server named ${JSON.stringify(args.server)}.${suggestion}`,
        { hint: 'See mcp-cli server list.' },
      );
    }
    config.set([config.serversKey, args.server], undefined);
    await config.save();
    this.log(plainLine(`Removed ${args.server} from ${config.file}.`));
    return { name: args.server, file: config.file };
  }
}
