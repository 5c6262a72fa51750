import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { type JsonValue, SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

export default class ConfigSet extends McpCommand {
  static override summary = 'Change one value of the configuration file.';

  static override description =
    `Changes .mcp.json of the working folder, or the file of --config; comments and layout stay as they are. What would not be a configuration any more is not written.

Exit codes: 0 changed, 2 wrong usage, or the value is not one that it can have, 130 interrupted.`;

  static override examples = [
    {
      description: 'Deny all deletions, and ask before writes:',
      command: `<%= config.bin %> <%= command.id %> policy.deny '["*.delete_*"]'`,
    },
    {
      description: 'Switch a server off:',
      command: '<%= config.bin %> <%= command.id %> mcpServers.github.disabled true',
    },
    {
      description: 'Take a value away:',
      command: '<%= config.bin %> <%= command.id %> policy.deny --unset',
    },
  ];

  static override args = {
    key: string({ description: 'Names with dots between, such as policy.deny.', required: true }),
    value: string({ description: 'JSON, or a text as it is.' }),
  };

  static override flags = {
    unset: boolean({ summary: 'Take the value away.' }),
  };

  async run(): Promise<{ readonly key: string; readonly file: string }> {
    const { args, flags } = await this.parse(ConfigSet);
    if ((args.value === undefined) !== (flags.unset === true)) {
      throw new SandboxError('USAGE', 'Give either a value or --unset.');
    }
    const { EditedConfig } = await import('../../config/edit-config.ts');
    const { parseConfigKey } = await import('../../config/config-keys.ts');
    const at = parseConfigKey(args.key);
    const config = await EditedConfig.open(flags.config);
    config.set(at, args.value === undefined ? undefined : jsonOrText(args.value));
    await config.saveIfValid();
    this.log(plainLine(`${flags.unset ? 'Took' : 'Set'} ${args.key} in ${config.file}.`));
    return { key: args.key, file: config.file };
  }
}

function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
