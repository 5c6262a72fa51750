import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';

interface GeneratedDocument {
  /** Folder on disk; left out where nothing was written. */
  readonly output?: string;
  /** Virtual path and size of each file. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

export default class Generate extends McpCommand {
  static override summary = 'Generate typed TypeScript wrappers for the tools of servers.';

  static override description =
    `Without --output, shows the tree as a program sees it under /mcp-tools. With --output, writes it to a folder for an editor or tsc.

Exit codes: 0 generated, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Show what a program can import:',
      command: '<%= config.bin %> <%= command.id %> github files',
    },
    {
      description: 'Write the wrappers of two servers to ./mcp-tools:',
      command: '<%= config.bin %> <%= command.id %> github files --output mcp-tools',
    },
  ];

  static override strict = false;

  static override args = {
    server: stringArg({
      description: 'A server of the configuration; several may follow.',
      required: true,
    }),
  };

  static override flags = {
    output: string({
      char: 'o',
      helpValue: '<folder>',
      summary: 'Write the files here; created if missing, files of the same name replaced.',
    }),
  };

  async run(): Promise<GeneratedDocument> {
    const { argv, flags } = await this.parse(Generate);
    const { openToolbox } = await import('../toolbox.ts');
    const { filesBelow, serverRoot, writeTree } = await import('../generated-files.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: false,
      ...this.projectTrust(flags),
    });
    const interrupted = this.interruption();
    const names = [...new Set(argv as string[])];
    const generated = async () => {
      const catalogs = await Promise.all(names.map((name) => toolbox.catalog(name)));
      const folders = catalogs.map(({ server }) => serverRoot(toolbox.folder(server)));
      return filesBelow(toolbox.files, folders);
    };
    const files = await unlessInterrupted(generated(), interrupted);
    if (flags.output !== undefined) await writeTree(files, flags.output);
    if (!this.jsonEnabled()) await this.#show(files, flags.output);
    const listed = [...files].map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) }));
    return { ...(flags.output === undefined ? {} : { output: flags.output }), files: listed };
  }

  async #show(files: ReadonlyMap<string, string>, output: string | undefined): Promise<void> {
    if (output !== undefined) {
      this.log(`Wrote ${files.size} files to ${output}`);
      return;
    }
    const { treeOf } = await import('../generated-files.ts');
    this.log(await treeOf(files));
  }
}
