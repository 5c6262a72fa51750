import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { type JsonValue, SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';

interface GetDocument {
  readonly key: string;
  readonly file: string;
  readonly value: JsonValue;
}

export default class ConfigGet extends McpCommand {
  static override summary = 'Show one value of the configuration file.';

  static override description =
    `Reads .mcp.json of the working folder, or the file of --config. Of servers, what may be a secret is ***: values of variables, headers and arguments, paths of addresses. --reveal shows all.

Exit codes: 0 shown, 2 wrong usage or no such value, 130 interrupted.`;

  static override examples = [
    {
      description: 'The tools that are denied:',
      command: '<%= config.bin %> <%= command.id %> policy.deny',
    },
    {
      description: 'One server:',
      command: `<%= config.bin %> <%= command.id %> 'mcpServers["my.server"]'`,
    },
  ];

  static override args = {
    key: string({ description: 'Names with dots between, such as policy.deny.', required: true }),
  };

  static override flags = {
    reveal: boolean({ summary: 'Show values that may be secrets.' }),
  };

  async run(): Promise<GetDocument> {
    const { args, flags } = await this.parse(ConfigGet);
    const { EditedConfig } = await import('../../config/edit-config.ts');
    const { parseConfigKey } = await import('../../config/config-keys.ts');
    const { maskedValue } = await import('../../config/mask.ts');
    const at = parseConfigKey(args.key);
    const config = await EditedConfig.open(flags.config);
    const found = config.get(at);
    if (config.isNew) {
      throw new SandboxError('CONFIG_NOT_FOUND', `There is no ${config.file}.`, {
        hint: 'mcp-cli config init makes .mcp.json; --config names another file.',
      });
    }
    if (found === undefined) {
      throw new SandboxError('USAGE', `${config.file} has no ${args.key}.`, {
        hint: 'See mcp-cli config show.',
      });
    }
    const value = flags.reveal ? found : maskedValue(found, at);
    this.log(jsonText(value));
    return { key: args.key, file: config.file, value };
  }
}
