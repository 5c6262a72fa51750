import { string } from '@oclif/core/args';
import { plainText, SandboxError } from '@org/core';
import { cacheFlag } from '../cache-folder.ts';
import type { Introspected } from '../describe-catalog.ts';
import { exitCodeOfErrors } from '../exit-code.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { styled } from '../styled.ts';
import { widthOf } from '../text-width.ts';

interface IntrospectDocument {
  readonly servers: readonly Introspected[];
  /** Servers that could not be asked; one that is named alone is an error. */
  readonly failed: readonly {
    readonly server: string;
    readonly code: string;
    readonly message: string;
  }[];
}

export default class Introspect extends McpCommand {
  static override underWay = 'connecting';

  static override summary =
    'Connect to servers and show what they offer: tools, resources, prompts.';

  static override description =
    `Prints each tool and prompt with its parameters, and each resource and resource template; with --json all of it, schemas and the server's capabilities included. Of several servers, those that cannot be asked are named on stderr, with --json under "failed", and the others are shown.

Exit codes: 0 shown, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted. Of several servers that fail, the lowest of 2, 4 and 5 counts.`;

  static override examples = [
    {
      description: 'Show what the server "github" of .mcp.json offers:',
      command: '<%= config.bin %> <%= command.id %> github',
    },
    {
      description: 'Save the catalog of a server of another configuration:',
      command:
        '<%= config.bin %> <%= command.id %> github --config servers.json --json > github.json',
    },
  ];

  static override strict = false;

  static override args = {
    server: string({
      description: 'A server of the configuration; several may follow.',
      required: true,
    }),
  };

  static override flags = { cache: cacheFlag };

  async run(): Promise<IntrospectDocument> {
    const { argv, flags } = await this.parse(Introspect);
    const { openToolbox } = await import('../toolbox.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags),
      cache: flags.cache,
    });
    const interrupted = this.interruption();
    const names = [...new Set(argv as string[])];
    const asked = Promise.all(
      names.map((name) => toolbox.introspect(name).catch((error) => told(error, name))),
    );
    const found = await unlessInterrupted(asked, interrupted);
    const servers = found.filter((one): one is Introspected => !('error' in one));
    const failed = found.filter((one): one is Failure => 'error' in one);
    if (names.length === 1 && failed[0] !== undefined) throw failed[0].error;
    const { describeCatalog } = await import('../describe-catalog.ts');
    for (const catalog of servers) {
      this.log(describeCatalog(catalog, toolbox.folder(catalog.server), widthOf(process.stdout)));
    }
    for (const { server, error } of failed) {
      const { message, hint = '' } = error;
      const named = message.includes(server) ? message : `${server}: ${message}`;
      this.logToStderr(`${styled('red', 'Error:')} ${plainText(`${named}\n${hint}`).trimEnd()}`);
    }
    process.exitCode = exitCodeOfErrors(failed.map(({ error }) => error.code));
    return {
      servers,
      failed: failed.map(({ server, error: { code, message } }) => ({ server, code, message })),
    };
  }
}

interface Failure {
  readonly server: string;
  readonly error: SandboxError;
}

/** What the user can do something about; a fault ends the command. */
function told(error: unknown, server: string): Failure {
  if (error instanceof SandboxError) return { server, error };
  throw error;
}
