import { boolean } from '@oclif/core/flags';
import type { Launch } from '@org/bridge';
import { McpCommand } from '../../mcp-command.ts';
import { jsonText } from '../../plain-text.ts';

interface ShowDocument {
  readonly files: readonly string[];
  readonly servers: Readonly<
    Record<string, { readonly origin: string; readonly disabled: boolean } & Launch>
  >;
  readonly policy: object;
  readonly shadowed: readonly {
    readonly id: string;
    readonly origin: string;
    readonly by: string;
  }[];
}

export default class ConfigShow extends McpCommand {
  static override summary =
    'Show the configuration as it counts: servers of all files, and the policy.';

  static override description =
    `What may be a secret is ***, with --json too: arguments of servers other than names of options, packages that are run and scripts, and paths and queries of addresses. --reveal shows these; of variables and headers only the names are ever shown.

Exit codes: 0 shown, 2 there is none, or it cannot be read, 130 interrupted.`;

  static override examples = [
    {
      description: 'Where does each server come from?',
      command: '<%= config.bin %> <%= command.id %>',
    },
  ];

  static override flags = {
    policy: boolean({ summary: 'Only the policy.' }),
    reveal: boolean({ summary: 'Show arguments and addresses as the files have them.' }),
  };

  async run(): Promise<ShowDocument> {
    const { flags } = await this.parse(ConfigShow);
    const { readServerConfig } = await import('@org/bridge');
    const { maskedLaunch } = await import('../../config/mask.ts');
    const { files, servers, policy, shadowed } = await readServerConfig({
      cwd: process.cwd(),
      env: process.env,
      ...(flags.config !== undefined && { configPath: flags.config }),
    });
    const document: ShowDocument = {
      files: files.map(({ path }) => path),
      servers: Object.fromEntries(
        servers.map(({ id, origin, disabled, launch }) => [
          id,
          { origin, disabled, ...(flags.reveal ? launch : maskedLaunch(launch)) },
        ]),
      ),
      policy,
      shadowed,
    };
    if (!this.jsonEnabled()) this.log(jsonText(flags.policy ? policy : document));
    return document;
  }
}
