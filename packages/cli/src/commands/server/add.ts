import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';
import { type JsonObject, type JsonValue, parseServerId, SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';

const types = ['stdio', 'http', 'sse'] as const;
const hint =
  'Write it like: mcp-cli server add files -- npx -y @modelcontextprotocol/server-filesystem .';

export default class ServerAdd extends McpCommand {
  static override summary = 'Add a server to the configuration.';

  static override description =
    `What follows -- is the command that starts it; --url is the address of one that runs already. Comments and layout of the file stay as they are. Nothing is started.

Exit codes: 0 added, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'A server that is started over stdio:',
      command:
        '<%= config.bin %> <%= command.id %> files -- npx -y @modelcontextprotocol/server-filesystem .',
    },
    {
      description: 'With a variable that holds its token, so that the token is not in the file:',
      command: `<%= config.bin %> <%= command.id %> github --env 'GITHUB_TOKEN=\${GITHUB_TOKEN}' -- npx -y github-mcp`,
    },
    {
      description: 'A server over HTTP:',
      command: `<%= config.bin %> <%= command.id %> web --url https://example.com/mcp --header 'Authorization: Bearer \${TOKEN}'`,
    },
  ];

  static override strict = false;

  static override args = {
    name: stringArg({ description: 'Name of the server.', required: true }),
  };

  static override flags = {
    url: string({ helpValue: '<address>', summary: 'Address of a server over HTTP.' }),
    type: option({ options: types, summary: 'Transport. Default: stdio, or http with --url.' })(),
    env: string({
      char: 'e',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<name>=<value>',
      summary: `A variable of its environment; \${VAR} in the value is filled in when it starts.`,
    }),
    header: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<name>: <value>',
      summary: `A header of each request; \${VAR} is filled in.`,
    }),
    cwd: string({ helpValue: '<folder>', summary: 'Folder in which it starts.' }),
    force: boolean({ summary: 'Replace a server of this name.' }),
  };

  async run(): Promise<{
    readonly name: string;
    readonly file: string;
    /** What may be a secret is masked in it. */
    readonly entry: JsonValue;
  }> {
    const { argv, flags } = await this.parse(ServerAdd);
    const [given = '', ...command] = argv as string[];
    const name = parseServerId(given);
    const { EditedConfig } = await import('../../config/edit-config.ts');
    const entry = entryOf(command, flags);
    const config = await EditedConfig.open(flags.config);
    const at = [config.serversKey, name];
    if (config.get(at) !== undefined && !flags.force) {
      throw new SandboxError('USAGE', `${config.file} has a server named ${name}.`, {
        hint: 'Give it another name, or replace it with --force.',
      });
    }
    config.set(at, entry);
    await config.save();
    this.log(
      plainLine(`Added ${name} to ${config.file}. Try it: mcp-cli server info ${name} --connect`),
    );
    const { maskedValue } = await import('../../config/mask.ts');
    return { name, file: config.file, entry: maskedValue(entry, at) };
  }
}

interface EntryFlags {
  readonly url?: string | undefined;
  readonly type?: (typeof types)[number] | undefined;
  readonly env?: readonly string[] | undefined;
  readonly header?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
}

/** @throws SandboxError `USAGE`: what is given is no server */
function entryOf([command, ...args]: readonly string[], flags: EntryFlags): JsonObject {
  const { url, type, env = [], header = [], cwd } = flags;
  const wrong = (message: string) => new SandboxError('USAGE', message, { hint });
  if ((command === undefined) === (url === undefined)) {
    throw wrong('Give either a command after --, or --url.');
  }
  if (url !== undefined) {
    const parsed = URL.parse(url);
    const isWeb = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
    if (!isWeb && !url.includes('${')) throw wrong(`--url does not take ${JSON.stringify(url)}.`);
    if (type === 'stdio' || env.length > 0 || cwd !== undefined) {
      throw wrong('--type stdio, --env and --cwd are for a command.');
    }
    const headers = pairs(header, ':', '--header');
    return { type: type ?? 'http', url, ...(header.length > 0 && { headers }) };
  }
  if ((type ?? 'stdio') !== 'stdio' || header.length > 0) {
    throw wrong('--type http, --type sse and --header are for --url.');
  }
  return {
    command: command as string,
    ...(args.length > 0 && { args }),
    ...(env.length > 0 && { env: pairs(env, '=', '--env') }),
    ...(cwd !== undefined && { cwd }),
  };
}

function pairs(list: readonly string[], sign: ':' | '=', flag: string): JsonObject {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.indexOf(sign);
      const name = text.slice(0, Math.max(0, at)).trim();
      if (name === '' || name === '__proto__') {
        const form = sign === ':' ? '<name>: <value>' : '<name>=<value>';
        throw new SandboxError('USAGE', `${flag} takes ${form}, not ${JSON.stringify(text)}.`);
      }
      return [name, sign === ':' ? text.slice(at + 1).trim() : text.slice(at + 1)];
    }),
  );
}
